"""Drawn worlds for the gate: agencies with their hierarchy, instruments with clauses, rows of every category, grants,
conditions, and the questions that officers ask of them on their days. `World.store` writes one into the database.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from django.apps import apps
from hypothesis import strategies as st

from kentongan.agencies.models import Agency, AgencyParent, Membership, Officer, Posting
from kentongan.agreements.access import role_table
from kentongan.agreements.fields import field_groups
from kentongan.agreements.models import Clause, ConditionMet, Grant, Instrument, InstrumentChange
from kentongan.agreements.rules import CLOSED_KINDS, HANDLING_ORDER, PURPOSES
from kentongan.kit.ids import new_id
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vocabulary.models import Kind

T = TypeVar("T")

FIRST = date(2026, 3, 1)
DAYS = tuple(FIRST + timedelta(days=n) for n in range(6))
MIDNIGHTS = tuple(datetime(d.year, d.month, d.day, tzinfo=UTC) - timedelta(hours=7) for d in DAYS)  # of Jakarta
INSTANTS = tuple(
    sorted((*MIDNIGHTS, *(m - timedelta(seconds=1) for m in MIDNIGHTS), *(m + timedelta(hours=9) for m in MIDNIGHTS)))
)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)

PLACES = {
    1: ("ID", "country", None), 2: ("53", "province", 1), 3: ("53.04", "regency", 2), 4: ("53.04.02", "district", 3),
    5: ("53.04.02.2001", "village", 4), 6: ("53.04.02.2002", "village", 4), 7: ("53.04.03", "district", 3),
    8: ("53.04.03.2001", "village", 7), 9: ("53.71", "city", 2), 10: ("36", "province", 1), 11: ("36.73", "city", 10),
    20: ("TL", "country", None), 21: ("TL-BO", "municipality", 20), 40: ("53.04.02.2009", "village", 4),
}  # fmt: skip
"""Key -> code, level, parent. The last village was founded late: its key does not stand beside its neighbours'."""

KINDS = ("TPPO", "TPPO.ANAK", "TPPM", "IM.CROSSER")
AGENCIES = {
    "kanwil": ("immigration", "ID"), "kanim": ("immigration", "ID"), "polda": ("police", "ID"), "polres": ("police", "ID"),
    "pemkab": ("local_government", "ID"), "kodim": ("military", "ID"), "binda": ("intelligence", "ID"),
    "sm": ("foreign_immigration", "TL"), "pntl": ("foreign_police", "TL"), "fdtl": ("foreign_military", "TL"),
    "afp": ("foreign_police", "AU"), "iom": ("international", "XX"),
}  # fmt: skip
SIDES = (
    *AGENCIES,
    *[pk for pk, (kind, _state) in AGENCIES.items() if kind not in CLOSED_KINDS] * 2,
)  # closed ones seldom receive
FORUMS = ("timpora", "kominda")
STATES = ("ID", "TL", "AU", "XX")
ORIGINS = ("TL", "MM", "stateless", "claimed", "unknown")
MODELS = {
    "reports": ("intake.Report",), "readings": ("events.ReadingRow",), "events": ("events.Event",), "findings": ("watch.Finding",),
    "alerts": ("alerts.Alert",), "persons": ("vault.Identity",), "cases": ("cases.Case",), "referrals": ("cases.Referral",),
    "programme": ("programme.PartnerVillage", "programme.Visit"),
    "vulnerability": ("vulnerability.IndexRun", "vulnerability.VillageSheet", "vulnerability.Objection"),
}  # fmt: skip
OF_A_PLACE = {"programme.PartnerVillage", "programme.Visit", "vulnerability.VillageSheet"}
READING_ROLES = ("analyst", "analyst", "analyst", "case_officer", "protection_officer", "un_officer")


def examples(number: int) -> int:
    """Return how many examples a test compares: so many, or ten times as many in the thorough profile."""
    return number * (10 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1)


@dataclass(frozen=True)
class Standing:
    """An agency's place among the others; a day on each dated row."""

    parent: str | None
    parent_days: tuple[date | None, date | None]
    forums: tuple[tuple[str, date | None, date | None], ...]
    state: str


@dataclass(frozen=True)
class InstrumentSpec:
    parent: int | None
    since: date | None
    until: date | None
    changes: tuple[tuple[str, datetime, date | None, bool], ...]


@dataclass(frozen=True)
class SideSpec:
    agency: str | None
    with_below: bool
    state: str


@dataclass(frozen=True)
class ClauseSpec:
    instrument: int
    giver: SideSpec
    receiver: SideSpec
    releases: dict[str, dict[str, str]]
    purposes: tuple[str, ...]
    everywhere: bool
    roots: tuple[int, ...]
    exceptions: tuple[int, ...]
    kinds: tuple[str, ...]
    precision: str
    onward: str
    conditions: tuple[str, ...]
    basis: str
    approved_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class RowSpec:
    category: str
    model: str
    owner: str
    place: int | None
    handling: str
    kinds: tuple[str, ...]
    withdrawn_kinds: tuple[str, ...]
    origins: tuple[str, ...]
    came_under: int | None


@dataclass(frozen=True)
class GrantSpec:
    row: int
    agency: str
    since: datetime
    until: datetime | None
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ConditionSpec:
    row: int
    condition: str
    receiver: str | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Question:
    agency: str
    role: str
    purpose: str
    at: datetime


# Worlds are drawn by a seeded generator rather than choice by choice: they are large, and Hypothesis would favour small
# ones in which nobody shares anything. Most of what is drawn fits together in all respects, much of it in all but one.


@st.composite
def worlds(draw: st.DrawFn, *, rows: int = 10, questions: int = 20) -> "World":
    """Draw a world with so many rows and questions."""
    r = draw(st.randoms(use_true_random=True))
    standings, instruments = _standings(r), _instruments(r)
    clauses = tuple(_clause(r, len(instruments)) for _each in range(r.choice([1, 2, 2, 3, 3, 4, 6])))
    made = tuple(_row(r, clauses, standings) for _each in range(rows))
    return World(
        standings=standings,
        instruments=instruments,
        clauses=clauses,
        rows=made,
        grants=tuple(_grant(r, made) for _each in range(r.randint(0, 8))),
        conditions=tuple(_condition(r, made, clauses) for _each in range(r.randint(0, 10))),
        questions=tuple(_question(r, clauses, standings) for _each in range(questions)),
    )


def _mostly(r: Random, usual: T, others: Sequence[T], *, of_ten: float = 8) -> T:
    """Return the usual value so many times of ten, else one of the others."""
    return usual if r.random() * 10 < of_ten else r.choice(others)


def _some(r: Random, values: Sequence[T], *, least: int = 0, most: int = 3) -> tuple[T, ...]:
    return tuple(r.sample(values, min(len(values), r.randint(least, most))))


def _standings(r: Random) -> dict[str, Standing]:
    names = sorted(AGENCIES)
    found = {}
    for number, name in enumerate(names):
        days = (_mostly(r, None, DAYS[:4], of_ten=7), _mostly(r, None, DAYS[4:], of_ten=8))
        forums = tuple(
            (forum, _mostly(r, None, DAYS[:3]), _mostly(r, None, DAYS[3:])) for forum in _some(r, FORUMS, most=2)
        )
        state = _mostly(r, AGENCIES[name][1], STATES, of_ten=9)
        found[name] = Standing(r.choice([None, *names[:number]]), days, forums, state)
    return found


def _instruments(r: Random) -> tuple[InstrumentSpec, ...]:
    found = []
    for number in range(r.randint(1, 4)):
        since = _mostly(r, FIRST - timedelta(days=99), [None, *DAYS[:3]], of_ten=9)
        until = _mostly(r, None, DAYS[3:])
        parent = r.choice([None, *range(number)]) if number else None
        changes = tuple(_change(r) for _each in range(_mostly(r, 0, [1, 1, 2, 3], of_ten=8.5)))
        found.append(InstrumentSpec(parent, since, until, changes))
    return tuple(found)


def _change(r: Random) -> tuple[str, datetime, date | None, bool]:
    what, at = r.choice(["suspended", "suspended", "resumed", "renewed", "withdrawn"]), r.choice(INSTANTS)
    later = [day for day, midnight in zip(DAYS, MIDNIGHTS, strict=True) if midnight > at]
    is_taken_back = what != "renewed" and r.random() < 0.4
    return what, at, r.choice([None, *later]) if what == "renewed" else None, is_taken_back


def _side(r: Random) -> SideSpec:
    shape = r.choice(["agency"] * 12 + ["forum"] * 4 + ["state"] * 3 + ["nobody"])
    if shape in ("agency", "forum"):
        return SideSpec(r.choice(SIDES if shape == "agency" else FORUMS), r.random() < 0.5, "")
    return SideSpec(None, r.random() < 0.5, r.choice(STATES) if shape == "state" else "")


def _releases(r: Random) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for category in _some(r, sorted(MODELS), least=2, most=5):
        found[category] = {}
        for group in field_groups().get(category, {}).values():
            ways = (
                ["full"] * 4 + [""] * 2 + ["blurred"] * 3 * group.may_blur + ["pseudonym"] * 3 * group.may_be_pseudonym
            )
            if way := r.choice(ways):
                found[category][group.name] = way
    return found


def _clause(r: Random, instruments: int) -> ClauseSpec:
    everywhere = r.random() < 0.4
    approved = _mostly(r, LONG_AGO, [None, *INSTANTS[:9]], of_ten=9)
    ended = None if approved is None else _mostly(r, None, [i for i in INSTANTS if i > approved], of_ten=9)
    return ClauseSpec(
        instrument=r.randrange(instruments),
        giver=_side(r),
        receiver=_side(r),
        releases=_releases(r),
        purposes=_some(r, PURPOSES, least=_mostly(r, 2, [0]), most=5),
        everywhere=everywhere,
        roots=() if everywhere else _some(r, sorted(PLACES), least=1, most=3),
        exceptions=_mostly(r, (), [(4,), (7, 9), (5,), (1,), (40,)]),
        kinds=_mostly(r, (), [("TPPO",), ("TPPO.ANAK",), ("TPPM", "IM.CROSSER"), ("GONE",)]),
        precision=r.choice(["exact"] * 3 + ["village"] * 3 + ["district"] * 2 + ["aggregate"]),
        onward=r.choice(["none", "allowed"]),
        conditions=_mostly(r, (), [("consent",), ("court_order",), ("consent", "court_order")]),
        basis=_mostly(r, "binding_instrument", ["", "", "adequacy", "consent"], of_ten=6),
        approved_at=approved,
        ended_at=ended,
    )


def _row(r: Random, clauses: tuple[ClauseSpec, ...], standings: dict[str, Standing]) -> RowSpec:
    clause, near = _mostly(r, clauses[0], clauses, of_ten=6), _respects(r, 6)
    category = r.choice(sorted(clause.releases) if near[0] else [*sorted(MODELS), "events"])
    model = r.choice(MODELS[category])
    owner = r.choice(_on_side(clause.giver, standings) if near[1] else sorted(AGENCIES))
    roots = clause.roots or tuple(PLACES)
    below = [place for place in PLACES if PLACES[place][2] in roots]
    place = r.choice([*roots, *below] if near[2] else [None, *PLACES])
    handling = "restricted" if near[3] else r.choice(HANDLING_ORDER)
    wanted = [k for k in KINDS if k in clause.kinds] if near[4] else []
    of_kinds = category == "events"
    return RowSpec(
        category=category,
        model=model,
        owner=owner,
        place=r.choice(roots) if place is None and model in OF_A_PLACE else place,
        handling=handling if category != "persons" else r.choice(["personal", "protected"]),
        kinds=_some(r, wanted or KINDS, least=bool(wanted), most=2) if of_kinds else (),
        withdrawn_kinds=_some(r, KINDS, most=1) if of_kinds else (),
        origins=_some(r, ORIGINS, most=2),
        came_under=None if near[5] else r.choice([None, *range(len(clauses))]),
    )


def _respects(r: Random, number: int) -> list[bool]:
    """Return in which respects something is as a clause has it: often all of them, often all but one."""
    shape = r.choice(["all"] * 6 + ["all but one"] * 3 + ["any"])
    if shape == "any":
        return [r.random() < 0.5 for _each in range(number)]
    but = r.randrange(number) if shape == "all but one" else number
    return [n != but for n in range(number)]


def _on_side(side: SideSpec, standings: dict[str, Standing]) -> list[str]:
    """Return agencies that stand on the side on some day; all of them where it names nobody."""
    found = [
        name
        for name, standing in standings.items()
        if side.agency in (name, *(forum for forum, _since, _until in standing.forums))
        or (side.with_below and side.agency is not None and standing.parent == side.agency)
        or (side.agency is None and side.state == standing.state)
    ]
    return found or sorted(AGENCIES)


def _grant(r: Random, rows: tuple[RowSpec, ...]) -> GrantSpec:
    row = r.randrange(len(rows))
    groups = sorted(field_groups().get(rows[row].category, {}))
    since, until = _mostly(r, LONG_AGO, INSTANTS, of_ten=5), r.choice([None, *INSTANTS])
    agency = r.choice(sorted(AGENCIES))
    return GrantSpec(row, agency, since, None if until is None or until <= since else until, _some(r, groups, most=2))


def _condition(r: Random, rows: tuple[RowSpec, ...], clauses: tuple[ClauseSpec, ...]) -> ConditionSpec:
    named = [c.receiver.agency for c in clauses if c.receiver.agency in AGENCIES]
    receiver = _mostly(r, None, [*named, *sorted(AGENCIES)], of_ten=5)
    condition = r.choice(["consent", "consent", "court_order"])
    since, until = _mostly(r, LONG_AGO, INSTANTS, of_ten=6), _mostly(r, None, INSTANTS, of_ten=6)
    return ConditionSpec(r.randrange(len(rows)), condition, receiver, since, until)


def _question(r: Random, clauses: tuple[ClauseSpec, ...], standings: dict[str, Standing]) -> Question:
    clause, near = _mostly(r, clauses[0], clauses, of_ten=6), _respects(r, 3)
    agency = r.choice(_on_side(clause.receiver, standings) if near[0] else sorted(AGENCIES))
    purpose = r.choice((clause.purposes or PURPOSES) if near[1] else PURPOSES)
    return Question(agency, r.choice(READING_ROLES if near[2] else sorted(role_table())), purpose, r.choice(INSTANTS))


@dataclass(frozen=True)
class World:
    """All that the gate decides from, and what is asked of it."""

    standings: dict[str, Standing]
    instruments: tuple[InstrumentSpec, ...]
    clauses: tuple[ClauseSpec, ...]
    rows: tuple[RowSpec, ...]
    grants: tuple[GrantSpec, ...]
    conditions: tuple[ConditionSpec, ...]
    questions: tuple[Question, ...]

    def store(self) -> "Stored":
        """Write the world into the database; the places and the kinds of this file must be there."""
        return _Writer(self).stored


@dataclass(frozen=True)
class Stored:
    """The rows of a world, by their numbers."""

    rows: tuple[Any, ...]
    clauses: tuple[Clause, ...]
    officers: tuple[Officer, ...]


def store_reference() -> None:
    """Write the places, the kinds and the forums, which every world shares."""
    for key, (code, level, parent) in PLACES.items():
        Place.objects.create(
            id=key,
            code=code,
            name=f"Tempat {key}",
            level=level,
            country=code[:2] if code.startswith("TL") else "ID",
            parent_id=parent,
        )
        above, depth = key, 0
        while above is not None:
            PlaceAncestor.objects.create(ancestor_id=above, descendant_id=key, depth=depth)
            above, depth = PLACES[above][2], depth + 1
    for code in KINDS:
        Kind.objects.create(code=code, kind_class="offence", label_id=code, label_en=code)


class _Writer:
    def __init__(self, world: World) -> None:
        self.world = world
        self._store_agencies()
        clauses = self._store_clauses()
        rows = tuple(self._store_row(number, row, clauses) for number, row in enumerate(world.rows))
        self._store_grants(rows)
        self.stored = Stored(rows, clauses, self._store_officers())

    def _store_agencies(self) -> None:
        made = [Agency(id=pk, name=pk, kind="forum", country="ID", level="national", is_forum=True) for pk in FORUMS]
        made += [
            Agency(id=pk, name=pk, kind=kind, country=self.world.standings[pk].state, level="regency")
            for pk, (kind, _state) in AGENCIES.items()
        ]
        Agency.objects.bulk_create(made)
        AgencyParent.objects.bulk_create(
            AgencyParent(agency_id=pk, parent_id=s.parent, valid_from=s.parent_days[0], valid_to=s.parent_days[1])
            for pk, s in self.world.standings.items()
            if s.parent
        )
        Membership.objects.bulk_create(
            Membership(agency_id=pk, forum_id=forum, valid_from=since, valid_to=until)
            for pk, s in self.world.standings.items()
            for forum, since, until in s.forums
        )

    def _store_clauses(self) -> tuple[Clause, ...]:
        instruments: list[Instrument] = []
        for spec in self.world.instruments:
            parent = None if spec.parent is None else instruments[spec.parent]
            until = spec.until if spec.since and spec.until and spec.until > spec.since else None
            instrument = Instrument.objects.create(
                kind="pks",
                title="PKS",
                recorded_at=LONG_AGO,
                parent=parent,
                in_force_from=spec.since,
                in_force_to=until,
            )
            instruments.append(instrument)
            InstrumentChange.objects.bulk_create(
                InstrumentChange(
                    instrument=instrument,
                    what=what,
                    effective_at=at,
                    until=day,
                    why="uji",
                    agency_id="kanwil",
                    by="officer:1",
                    at=at,
                    taken_back_at=at - timedelta(days=1) if is_taken_back else None,
                    taken_back_by="officer:1" if is_taken_back else "",
                    taken_back_why="batal" if is_taken_back else "",
                )
                for what, at, day, is_taken_back in spec.changes
            )
        return tuple(self._store_clause(number, spec, instruments) for number, spec in enumerate(self.world.clauses))

    def _store_clause(self, number: int, spec: ClauseSpec, instruments: list[Instrument]) -> Clause:
        clause = Clause.objects.create(
            instrument=instruments[spec.instrument], number=number, giver_id=spec.giver.agency, giver_with_below=spec.giver.with_below,
            giver_state=spec.giver.state, receiver_id=spec.receiver.agency, receiver_with_below=spec.receiver.with_below,
            receiver_state=spec.receiver.state, releases=spec.releases, purposes=list(spec.purposes), is_everywhere=spec.everywhere,
            kinds=list(spec.kinds), precision=spec.precision, onward=spec.onward, conditions=list(spec.conditions), transfer_basis=spec.basis,
            drafted_by="officer:1", drafted_at=LONG_AGO, approved_at=spec.approved_at, ended_at=spec.ended_at, ended_why="uji" if spec.ended_at else "",
        )  # fmt: skip
        clause.roots.set(spec.roots)
        clause.exceptions.set(spec.exceptions)
        return clause

    def _store_row(self, number: int, spec: RowSpec, clauses: tuple[Clause, ...]) -> Any:
        common = {
            "owner_id": spec.owner, "place_id": spec.place, "handling": spec.handling, "purpose": "prevention", "legal_basis": "UU 6/2011",
            "retain_until": date(2031, 1, 1), "origins": list(spec.origins),
            "agreement_ref": "" if spec.came_under is None else f"clause:{clauses[spec.came_under].pk}",
        }  # fmt: skip
        row = make_row(spec.model, number, common)
        apps.get_model("events", "Classification").objects.bulk_create(
            apps.get_model("events", "Classification")(
                event=row,
                kind_id=kind,
                alleged_by=f"officer:{at is None}",
                alleged_at=LONG_AGO,
                why="uji",
                withdrawn_at=at,
            )
            for kinds, at in ((spec.kinds, None), (spec.withdrawn_kinds, LONG_AGO))
            for kind in kinds
        )
        return row

    def _store_grants(self, rows: tuple[Any, ...]) -> None:
        Grant.objects.bulk_create(
            Grant(
                category=self.world.rows[g.row].category, record=rows[g.row].pk, agency_id=g.agency, fields=list(g.fields), valid_from=g.since,
                valid_to=g.until, cause="break_glass" if number % 2 else "address", because=f"alert:{number}",
            )
            for number, g in enumerate(self.world.grants)
        )  # fmt: skip
        ConditionMet.objects.bulk_create(
            ConditionMet(
                category=self.world.rows[c.row].category, record=rows[c.row].pk, condition=c.condition, receiver_id=c.receiver, document="surat 1",
                valid_from=c.since, valid_to=c.until, recorded_by="officer:1", ended_why="dicabut" if c.until else "",
            )
            for c in self.world.conditions
        )  # fmt: skip

    def _store_officers(self) -> tuple[Officer, ...]:
        officers = Officer.objects.bulk_create(
            Officer(username=f"petugas-{n}") for n in range(len(self.world.questions))
        )
        Posting.objects.bulk_create(
            Posting(officer=officer, agency_id=q.agency, role=q.role, started_at=LONG_AGO)
            for officer, q in zip(officers, self.world.questions, strict=True)
        )
        return tuple(officers)


def _make_case(model: str, mark: str, common: dict[str, Any]) -> Any:
    case = apps.get_model("cases", "Case").objects.create(
        **common, number=mark[:60], title=f"judul {mark}", summary=f"ringkasan {mark}", state="closed", version=3, has_child_victims=True,
        opened_at=LONG_AGO, opened_by=f"officer:{mark}"[:80], closed_at=LONG_AGO, result="prevented", result_why=f"sebab {mark}",
        is_simulated=True,
    )  # fmt: skip
    if model == "cases.Case":
        return case
    receiver = next(pk for pk in AGENCIES if pk != common["owner_id"])
    return apps.get_model("cases", "Referral").objects.create(
        **common, number=mark[:60], case=case, subject=f"Korban {mark}"[:40], age="child", receiver_id=receiver, service="shelter",
        needs=f"butuh {mark}", scope=["needs"], consent_by="vital", vital_why=f"luka {mark}"[:300], state="done", version=3,
        sent_at=LONG_AGO, sent_by=f"officer:{mark}"[:80], answer_by=LONG_AGO, finish_by=LONG_AGO, accepted_at=LONG_AGO,
        ended_at=LONG_AGO, outcome=f"hasil {mark}", is_simulated=True,
    )  # fmt: skip


def _make_partner(model: str, mark: str, common: dict[str, Any]) -> Any:
    changed = {"changed_by": f"officer:{mark}"[:80], "changed_at": LONG_AGO}
    village = apps.get_model("programme", "PartnerVillage").objects.create(
        **common, status="ended", partner_from=FIRST, partner_to=FIRST, decree_number=f"SK {mark}"[:120], decree_on=FIRST, version=3,
        criteria=[mark], programmes=[mark], source=f"sumber {mark}", source_on=FIRST, doubt=f"ragu {mark}", changed_why=f"sebab {mark}", **changed,
    )  # fmt: skip
    if model == "programme.PartnerVillage":
        return village
    return apps.get_model("programme", "Visit").objects.create(
        **common, village=village, state="done", planned_on=FIRST, done_on=FIRST, why=f"perlu {mark}", met=[[mark, 1]], topics=[mark],
        heads=31, notes=f"catatan {mark}", planned_by=f"officer:{mark}"[:80], planned_at=LONG_AGO, version=3, **changed,
    )  # fmt: skip


def _make_index(model: str, mark: str, common: dict[str, Any]) -> Any:
    told, owner = f"officer:{mark}"[:80], common["owner_id"]
    weighting, _made = apps.get_model("vulnerability", "Weighting").objects.get_or_create(
        owner_id=owner, index="tppo", number=1,
        defaults={"weights": {"a": 1.0}, "concentration": 50.0, "why": "uji", "proposed_by": "officer:1", "proposed_at": LONG_AGO},
    )  # fmt: skip
    run = apps.get_model("vulnerability", "IndexRun").objects.create(
        **common, index="tppo", as_of=FIRST, weighting=weighting, state="done", requested_by=told, requested_at=LONG_AGO, seed=31,
        parameters={"n": mark}, counted_under=[[mark, mark]], villages=31, duration_s=7.5, digest=mark[-64:],
    )  # fmt: skip
    if model == "vulnerability.IndexRun":
        return run
    placed = {**common, "place_id": common["place_id"] or 5}
    sheet = apps.get_model("vulnerability", "VillageSheet").objects.create(
        **(placed if model == "vulnerability.Objection" else common), run=run, index="tppo", as_of=FIRST, told_at=LONG_AGO, told_by_id=owner,
        level=4, content={"n": mark},
    )  # fmt: skip
    if model == "vulnerability.VillageSheet":
        return sheet
    return apps.get_model("vulnerability", "Objection").objects.create(
        **common, sheet=sheet, index="tppo", text=f"isi {mark}", about=mark[:40], state="answered", version=3, objected_by=told,
        objected_at=LONG_AGO, answer=f"jawab {mark}", outcome="kept", answered_by=told, answered_for_id=owner, answered_at=LONG_AGO,
    )  # fmt: skip


def make_row(model: str, number: int, common: dict[str, Any]) -> Any:
    """Return a stored row of a model in which every field says something of its own."""
    mark = f"{number}-{new_id()}"
    if model in ("intake.Report", "events.ReadingRow"):
        report = apps.get_model("intake", "Report").objects.create(
            **common, channel="paste", checksum=mark, original_checksum=f"{mark}~", text=f"isi {mark}", title=f"judul {mark}", source=f"sumber {mark}",
            author=f"penulis {mark}", address=f"https://contoh.id/{number}", published_on=FIRST, received_at=LONG_AGO, received_by=f"officer:{mark}"[:80],
            original=mark.encode(), filename=f"{number}.txt", is_simulated=True,
        )  # fmt: skip
        if model == "intake.Report":
            return report
        return apps.get_model("events", "ReadingRow").objects.create(
            **common, report=report, reader_version="9", read_at=LONG_AGO, content={"n": mark}, corrections=[mark]
        )
    if model == "vault.Identity":
        return apps.get_model("vault", "Identity").objects.create(
            **common, kind="victim", mark=mark[-8:], about="report:1", recorded_at=LONG_AGO, recorded_by="officer:1"
        )
    if model in ("cases.Case", "cases.Referral"):
        return _make_case(model, mark, common)
    if model.startswith("programme."):
        return _make_partner(model, mark, common)
    if model.startswith("vulnerability."):
        return _make_index(model, mark, common)
    if model == "events.Event":
        return apps.get_model("events", "Event").objects.create(
            **common, number=mark, title=f"judul {mark}", state="confirmed", version=3, happened_from=date(2026, 2, 10), happened_to=date(2026, 2, 12),
            precision="day", known_at=LONG_AGO, decided_at=LONG_AGO, persons=12, details={"jumlah": mark}, source_grade="B2", place_open=[mark],
        )  # fmt: skip
    watch, _made = apps.get_model("watch", "Watch").objects.get_or_create(
        owner_id=common["owner_id"], name="uji", defaults={"created_at": LONG_AGO}
    )
    finding = apps.get_model("watch", "Finding").objects.create(
        **common, watch=watch, type="cluster", stream="goods", level="village", window_from=date(2026, 2, 1), window_to=date(2026, 3, 1),
        first_as_of=date(2026, 3, 1), last_as_of=date(2026, 3, 1), observed=31, expected=1.5, relative_risk=2.5, llr=7.5, p_value=0.01,
        recurrence_days=700, radius_m=900.0, weeks=[["2026-02-02", 1, 0.5]], needed_weeks=["2026-02-02"], baseline_events=41, history_weeks=51,
        outcome="true", outcome_why=f"sebab {mark}", judged_by="officer:1", judged_at=LONG_AGO,
    )  # fmt: skip
    if model == "watch.Finding":
        return finding
    return apps.get_model("alerts", "Alert").objects.create(
        **common, number=mark[:60], finding=finding, addressee_id=common["owner_id"], matter="crime", title=f"judul {mark}", message=f"pesan {mark}",
        proposed_why=f"usul {mark}", changed_why=f"ganti {mark}", raised_at=LONG_AGO, raised_by=f"officer:{mark}"[:80], acknowledge_by=LONG_AGO,
        verify_by=LONG_AGO, decide_by=LONG_AGO, state="closed", outcome="true", outcome_why=f"hasil {mark}",
    )  # fmt: skip
