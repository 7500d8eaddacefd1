"""R11: nothing on refugees or asylum-seekers reaches a reader of the state of origin, nor of any other state while the origin
is not settled: by no page, operation, layer of the map, tile, export, search, count, figure of the home page, alert, mail, log,
explanation, outside request or trail, in no role. A clause that "allows" it, an alert's grant and a broken glass change nothing.
Nor do they reach another agency of the own state: protected rows are their owner's alone.

Officers walk through every door twice: once with the rows there, once with the rows gone. Every answer is the same, to the
letter: not even a number leaves. An ordinary run walks with the rows of all origins at once, in a few roles; the nightly one
in every role, sending to every door too, and with each origin alone.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse

from kentongan.agencies.models import Agency, Officer
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements import counting, need, simulating
from kentongan.agreements.access import NotVisible, RoleMayNotAct, actor_for
from kentongan.agreements.explaining import readers_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.fields import every_group, field_groups
from kentongan.agreements.models import BreakGlass, Grant
from kentongan.agreements.rules import CATEGORIES, PURPOSES
from kentongan.agreements.tests.sharing import clause_between
from kentongan.alerts.actions import ProtectedStaysWithOwner, raise_alert
from kentongan.alerts.models import Alert
from kentongan.audit import commands as audit_commands
from kentongan.audit import sealing
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.config.permissions import doors, table
from kentongan.oversight import releasing
from kentongan.oversight.models import OutsideRequest, RequestedPart
from tests.door_world import (
    NOW,
    OWNER,
    THIRD,
    Knock,
    Visitor,
    carried,
    differences,
    frozen_clock,
    knocks,
    reader,
    rows_of_owner,
    told,
    undone,
    walk,
)

ORIGINS: dict[str, tuple[str, list[str]]] = {
    "the state of origin": ("protected", ["TL"]),
    "unknown": ("protected", []),
    "stateless": ("protected", ["stateless"]),
    "claimed": ("protected", ["claimed"]),
    "said to be unknown": ("protected", ["unknown"]),
    "two states": ("protected", ["MM", "TL"]),
    "the state of origin, not marked as protected": ("restricted", ["TL"]),
    "claimed, not marked as protected": ("restricted", ["claimed"]),
}
"""Handling and origins of the rows that nobody of Timor-Leste may ever meet."""

PROTECTED = tuple(name for name, (handling, _origins) in ORIGINS.items() if handling == "protected")


@dataclass(frozen=True)
class From:
    """An agency whose officers knock."""

    agency: str
    kind: str
    country: str


NEIGHBOUR = From("pntl-oecusse", "foreign_police", "TL")
OTHER_STATE = From("rmp-sarawak", "foreign_police", "MY")
NO_STATE = From("unhcr-kupang", "international", "XX")
SAME_STATE = From("polda-ntt", "police", "ID")

EVERYTHING = {category: dict.fromkeys(field_groups().get(category, {}), "full") for category in CATEGORIES}
CATEGORY_OF = {
    "report": "reports", "reading": "readings", "event": "events", "absorbed": "events", "similar": "events",
    "finding": "findings", "alert": "alerts", "sent": "alerts", "identity": "persons", "case": "cases", "referral": "referrals",
}  # fmt: skip
IN_NEED = "Nyawa tujuh orang terancam malam ini"
WORDS = (
    "Dugaan perekrutan", "Yang digabung", "Yang mirip", "Judul laporan", "Isi laporan", "Judul peringatan", "Isi peringatan",
    "menurut saksi", "terbukti", "mohon dicek", "Judul perkara", "Isi perkara", "dicegah di dermaga", "Catatan bersama", "luka berat",
    "Tempat tinggal sementara", "diantar pulang",
)  # fmt: skip
EVENT_DOORS = {"event_list", "event_detail", "api:get_event", "api:list_events", "map_events", "home", "place_detail"}
OTHER_DOORS = {"finding_list", "finding_detail", "alert_list", "alert_detail", "api:get_finding", "api:get_alert"}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def clock(gazetteer_rows, kinds, monkeypatch) -> None:
    frozen_clock(monkeypatch)


# --- what is there, and who comes ---


def refugees(case: str, *, owner: str = OWNER, to: From = NEIGHBOUR) -> dict[str, Any]:
    """Write rows of every category about refugees of an origin, an alert that left before anybody knew, and grants on all."""
    handling, origins = ORIGINS[case]
    return _granted(_with_alert_that_left(case, handling, origins, owner, to), to)


def ordinary_rows(*, to: From) -> dict[str, Any]:
    """Write the same rows about nobody who is protected."""
    return _granted(_with_alert_that_left("ordinary", "restricted", [], OWNER, to), to)


def _with_alert_that_left(case: str, handling: str, origins: list[str], owner: str, to: From) -> dict[str, Any]:
    mark = f"-{[*ORIGINS, 'ordinary'].index(case)}"
    _agency(to)
    rows = rows_of_owner(handling, owner=owner, origins=origins, mark=mark)
    marks = [] if handling == "protected" else origins  # of an event that was protected later, its alert knows nothing
    rows["sent"] = Alert.objects.create(
        **carried("restricted", owner, origins=marks), number=f"PRG/{owner}/2026/0009{mark}", event=rows["event"], addressee_id=to.agency,
        matter="crime", title="Judul peringatan", message="Isi peringatan", proposed_why="berwenang", raised_at=NOW - timedelta(hours=2),
        raised_by="officer:1", acknowledge_by=NOW, verify_by=NOW, decide_by=NOW,
    )  # fmt: skip
    return rows


def _granted(rows: dict[str, Any], to: From) -> dict[str, Any]:
    for (name, category), cause in product(CATEGORY_OF.items(), ("address", "break_glass")):
        Grant.objects.create(
            category=category, record=rows[name].pk, agency_id=to.agency, valid_from=NOW - timedelta(hours=1), cause=cause, because=f"{cause}:1"
        )  # fmt: skip
    return rows


def forget(written: Iterable[dict[str, Any]]) -> None:
    """Delete the rows that the gate guards, with what hangs on them; watches, runs and officers stay."""
    for rows in written:
        for name in (
            "referral",
            "case",
            "sent",
            "alert",
            "finding",
            "identity",
            "absorbed",
            "similar",
            "event",
            "reading",
            "report",
        ):
            type(rows[name])._base_manager.filter(pk=rows[name].pk).delete()


def officer_of(who: From, role: str) -> Officer:
    """Return an officer of the agency in the role."""
    return reader(who.agency, kind=who.kind, country=who.country, role=role)


def allowed(who: From) -> None:
    """Put two clauses in force that say that everything is given to the agency, for every purpose: rows, and counts of them."""
    _agency(who), _agency(From(OWNER, "immigration", "ID"))
    for number, precision in enumerate(("exact", "aggregate"), start=1):
        clause_between(
            OWNER, who.agency, EVERYTHING, number=number, purposes=PURPOSES, precision=precision, transfer_basis="binding_instrument"
        )  # fmt: skip


def _agency(who: From) -> Agency:
    made, _is_new = Agency.objects.get_or_create(
        id=who.agency, defaults={"name": who.agency, "kind": who.kind, "country": who.country, "level": "regency"}
    )
    return made


def acting(officer: Officer, purpose: str = "prevention") -> Actor:
    return actor_for(officer, purpose=purpose, at=NOW)


def owners_analyst() -> Actor:
    return acting(reader(OWNER, kind="immigration", role="coordinator"))


# --- every door ---


def asked_of(
    written: Sequence[dict[str, Any]], methods: Sequence[str], role: str = "", *, is_thin: bool = False
) -> list[Knock]:
    """Return every request. A thin walk makes each of those that name a row for one of the origins in turn, and none at a
    door that turns the role away before it looks for anything."""
    lists = [[*knocks(rows, methods), *knocks(rows | {"alert": rows["sent"]}, methods)] for rows in written]
    chosen: list[Knock] = []
    for number, alike in enumerate(zip(*lists, strict=True)):
        chosen += alike[number % len(alike) :][:1] if is_thin else alike
    return [knock for knock in dict.fromkeys(chosen) if not (is_thin and _turned_away(knock, role))]


def _turned_away(knock: Knock, role: str) -> bool:
    return _answers()[knock.door][role][knock.method == "POST"] in ("403", "405")


@cache
def _answers() -> dict[str, dict[str, tuple[str, str]]]:
    return {door.name: table()[door.door].answers for door in doors() if not door.is_command}


def leaks(
    who: From,
    role: str,
    methods: Sequence[str],
    *,
    cases: Sequence[str] = tuple(ORIGINS),
    owner: str = OWNER,
) -> list[str]:
    """Return every request whose answer tells that rows of these origins are there; each with door, role and origin."""
    with undone():
        visitor = Visitor(officer_of(who, role))
        written = {case: refugees(case, owner=owner, to=who) for case in cases}
        asked = asked_of(list(written.values()), methods, role, is_thin=True)
        there = walk(visitor, asked)
        forget(written.values())
        gone = walk(visitor, asked)
    assert len(asked) > 80
    broken = [f"{knock}: {answer[0]}" for knock, answer in there.items() if answer[0] >= 500]
    found = [
        f"{who.agency} as {role}, {_origin_in(one, written)}: {one}" for one in (*differences(there, gone), *broken)
    ]
    line = (
        f"{who.agency:14} {role:18} rows of {owner:14} {len(cases)} origins {len(asked):5} requests {len(found):4} tell"
    )
    print(line)  # noqa: T201 - the matrix, read at night
    return found


def _origin_in(one: str, written: dict[str, dict[str, Any]]) -> str:
    """Return the origin of the row that the request named, or of them all where it named none."""
    named = (case for case, rows in written.items() for name in CATEGORY_OF if str(rows[name].pk) in one)
    return f"origin {next(named, ' or '.join(written))}"


def demand_silence(found: Sequence[str]) -> None:
    assert not found, "\n".join(found)


def test_no_door_tells_the_state_of_origin_anything():
    allowed(NEIGHBOUR)

    demand_silence(leaks(NEIGHBOUR, "case_officer", ["GET"]))  # the role that reads every category


@pytest.mark.nightly
def test_no_door_tells_its_overseer_anything():
    allowed(NEIGHBOUR)

    demand_silence(leaks(NEIGHBOUR, "overseer", ["GET"]))


def test_not_even_what_an_agency_of_that_state_wrote_itself_comes_back_to_it():
    _agency(NEIGHBOUR)

    demand_silence(leaks(NEIGHBOUR, "liaison", ["GET"], owner=NEIGHBOUR.agency))


MATRIX = [
    *((NEIGHBOUR, role, tuple(ORIGINS), OWNER) for role in ROLE_LABELS),
    *((NEIGHBOUR, role, tuple(ORIGINS), NEIGHBOUR.agency) for role in ROLE_LABELS),
    *((SAME_STATE, role, PROTECTED, OWNER) for role in ROLE_LABELS),
    (OTHER_STATE, "liaison", PROTECTED, OWNER),
    (NO_STATE, "un_officer", PROTECTED, OWNER),
]


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("who", "role", "cases", "owner"), MATRIX, ids=[f"{who.agency}-{role}-rows of {owner}" for who, role, _cases, owner in MATRIX]
)  # fmt: skip
def test_no_role_is_told_of_any_row_at_any_door(who, role, cases, owner):
    allowed(who)

    demand_silence(leaks(who, role, ["GET", "POST"], cases=cases, owner=owner))


@pytest.mark.nightly
@pytest.mark.parametrize("case", ORIGINS)
@pytest.mark.parametrize("role", ROLE_LABELS)
def test_no_origin_alone_is_told_at_any_door(role, case):
    allowed(NEIGHBOUR)

    demand_silence(leaks(NEIGHBOUR, role, ["GET", "POST"], cases=[case]))


def test_the_walk_would_notice():
    allowed(NEIGHBOUR)
    visitor = Visitor(officer_of(NEIGHBOUR, "analyst"))
    rows = ordinary_rows(to=NEIGHBOUR)
    asked = [knock for knock in asked_of([rows], ["GET"]) if knock.door in EVENT_DOORS | OTHER_DOORS]

    there = walk(visitor, asked)
    forget([rows])
    gone = walk(visitor, asked)

    assert {knock.door for knock in asked if there[knock] != gone[knock]} == EVENT_DOORS | OTHER_DOORS


# --- what no door's answer shows ---


@pytest.mark.parametrize("case", ORIGINS)
def test_no_alert_about_them_is_sent_abroad(case):
    allowed(NEIGHBOUR)
    rows, by = refugees(case), owners_analyst()
    before = [model.objects.count() for model in (Alert, Grant, OutboxRow)]

    for about in ({"event": rows["event"]}, {"finding": rows["finding"]}):
        with pytest.raises(ProtectedStaysWithOwner):
            raise_alert(to=Agency.objects.get(pk=NEIGHBOUR.agency), by=by, **about, **_alert())

    assert [model.objects.count() for model in (Alert, Grant, OutboxRow)] == before


@pytest.mark.parametrize("case", PROTECTED)
def test_no_alert_about_them_is_sent_within_the_state(case):
    rows, by = refugees(case), owners_analyst()

    with pytest.raises(ProtectedStaysWithOwner):
        raise_alert(to=Agency.objects.get(pk=THIRD), event=rows["event"], by=by, **_alert())


def _alert() -> dict[str, Any]:
    return {"matter": "crime", "message": "Mohon diperiksa", "at": NOW, "changed_why": "dekat perbatasan"}


@pytest.mark.parametrize("case", PROTECTED)
def test_no_glass_breaks_for_them(case):
    rows = refugees(case)
    grants = Grant.objects.count()

    for role in ROLE_LABELS:
        for who, refusal in ((NEIGHBOUR, RoleMayNotAct), (SAME_STATE, (NotVisible, RoleMayNotAct))):
            by = acting(officer_of(who, role))
            for name in ("report", "event", "finding", "alert", "sent", "identity"):
                with pytest.raises(refusal):
                    need.break_glass(model=type(rows[name]), pk=rows[name].pk, reason=IN_NEED, by=by, at=NOW)  # fmt: skip

    assert (Grant.objects.count(), BreakGlass.objects.count(), OutboxRow.objects.count()) == (grants, 0, 0)


@pytest.mark.parametrize("case", PROTECTED)
def test_they_are_explained_as_seen_by_their_owner_alone(case):
    for who in (NEIGHBOUR, SAME_STATE):
        allowed(who)
        officer_of(who, "analyst")
    owners_analyst()
    rows, ordinary = refugees(case), ordinary_rows(to=SAME_STATE)

    causes = {name: _causes(rows[name]) for name in CATEGORY_OF}

    assert {name: found - {"owner"} for name, found in causes.items() if found - {"owner"}} == {}
    assert _causes(ordinary["event"]) >= {"clause", "address", "break_glass"}


def _causes(row: Any) -> set[str]:
    return {opening.cause for opening in readers_of(row, at=NOW)}


@pytest.mark.parametrize("case", ORIGINS)
def test_a_draft_tried_on_them_shows_nothing(case):
    _agency(NEIGHBOUR), _agency(From(OWNER, "immigration", "ID"))
    draft = clause_between(OWNER, NEIGHBOUR.agency, EVERYTHING, purposes=PURPOSES, transfer_basis="binding_instrument")
    rows = refugees(case)

    for role, name in product(ROLE_LABELS, CATEGORY_OF):
        eyes = simulating.Reader(Agency.objects.get(pk=NEIGHBOUR.agency), role, "prevention", NOW)
        tried = simulating.simulate(draft, rows[name], eyes)
        assert (tried.without.row, tried.with_clause.row) == (None, None), (role, name)
        assert not [one for one in tried.groups if one.after or one.after_values], (role, name)


def test_no_count_holds_them():
    allowed(NEIGHBOUR)
    counters = [acting(officer_of(NEIGHBOUR, role)) for role in ROLE_LABELS]
    written = [refugees(case) for case in ORIGINS]

    assert [table for table in _counts(counters) if table.lines or table.undated] == []
    forget(written)
    ordinary_rows(to=NEIGHBOUR)
    assert [table for table in _counts(counters) if table.lines]


def _counts(counters: Iterable[Actor]) -> list[counting.Table]:
    return [
        counting.counts_by(counting.model_of(category), by, year=2026, at=NOW)
        for by, category in product(counters, counting.COUNTED)
        if "statistics" in by.reads
    ]


def test_no_file_for_somebody_outside_holds_them():
    _agency(From(OWNER, "immigration", "ID"))
    for case in ORIGINS:
        refugees(case)

    assert _released() == 0
    ordinary_rows(to=NEIGHBOUR)
    assert _released() == 2 * 7  # a report, three events, a finding and two alerts


def _released() -> int:
    """Return how many records are in the files for a court of the state of origin, asked one by one and by their period."""
    request = OutsideRequest.objects.create(
        desk_id=OWNER, asker="Pengadilan", asker_state="TL", transfer_basis="binding_instrument", letter="1/2026", legal_basis="KUHAP",
        purpose="investigation", why="Perkara", due_on=NOW.date(), registered_by="officer:1", registered_at=NOW,
    )  # fmt: skip
    period = {"first": date(2026, 1, 1), "after": date(2027, 1, 1)}
    released = 0
    for category, (label, _column) in releasing.RELEASABLE.items():
        records = [row.ref for row in apps.get_model(label)._base_manager.filter(owner=OWNER)]
        groups = sorted(every_group(category))
        for of in ({"records": records}, period):
            part = RequestedPart(
                request=request, owner_id=OWNER, category=category, groups=groups, approved_groups=groups, word="approved", **of
            )  # fmt: skip
            released += releasing.file_of(request, [part], at=NOW).number
    return released


# --- what stays behind: the trail, the log, the mail ---


def knocked(analyst: Visitor, rows: dict[str, Any]) -> None:
    """Let an analyst look for each row at every door that names it, in need too, and leave the traces in the trail."""
    named = {str(rows[name].pk) for name in CATEGORY_OF}
    for knock in knocks(rows, ["GET"]):
        if any(pk in f"{knock.address} {knock.asked}" for pk in named):
            analyst.send(knock)
    for name in ("report", "event", "finding", "alert"):
        with suppress(NotVisible, RoleMayNotAct, need.AlreadyOpen):
            need.break_glass(model=type(rows[name]), pk=rows[name].pk, reason=IN_NEED, by=acting(analyst.officer), at=NOW)  # fmt: skip


def read_by(overseer: Visitor, analyst: Visitor, agency: str) -> dict[Knock, tuple[int, str, str]]:
    """Return all that an overseer is told of the trail: the lists, each row, its proof, the hints and what is behind one."""
    rows = TrailRow.objects.order_by("pk")
    subjects = dict.fromkeys(rows.exclude(subject="").values_list("subject", flat=True))
    behind = (("officer", analyst.officer.ref), ("agency", agency))
    asked = [
        *(_look("trail_list", asking) for asking in ((), (("event", Trail.ACCESS_REFUSED.value),))),
        *(_look("trail_list", (("subject", subject),)) for subject in subjects),
        *(_look(name, (), key) for name in ("trail_row", "trail_proof") for key in rows.values_list("pk", flat=True)),
        _look("use_list", ()),
        _look("use_detail", behind, "refusals"),
    ]
    return walk(overseer, asked)


def _look(door: str, asking: tuple[tuple[str, str], ...], *args: object) -> Knock:
    return Knock(door, "GET", reverse(door, args=args), asking)


@pytest.mark.sqlite  # keys of the trail are taken back with a transaction here: both worlds have the same
@pytest.mark.parametrize(
    ("who", "case"),
    [
        pytest.param(NEIGHBOUR, "the state of origin", id="abroad"),
        pytest.param(SAME_STATE, "unknown", id="at home", marks=pytest.mark.nightly),
    ],
)
def test_the_trail_of_those_who_looked_for_them_tells_as_much_as_if_there_were_nothing(who, case):
    allowed(who)
    rows = refugees(case, to=who)
    analyst, overseer = (Visitor(officer_of(who, role)) for role in ("analyst", "overseer"))

    with undone():
        knocked(analyst, rows)
        there = read_by(overseer, analyst, who.agency)
    forget([rows])
    knocked(analyst, rows)
    gone = read_by(overseer, analyst, who.agency)

    assert len(there) > 20
    assert differences(there, gone) == []


def test_no_row_of_trail_or_outbox_and_no_export_of_the_trail_says_what_they_say(capsys):
    allowed(NEIGHBOUR)
    visitors = [Visitor(officer_of(NEIGHBOUR, "analyst")), Visitor(reader(OWNER, kind="immigration"))]
    written = [refugees(case) for case in ("the state of origin", "claimed, not marked as protected")]
    for visitor, rows in product(visitors, written):
        knocked(visitor, rows)
    sealing.seal_all(clock=lambda: NOW)

    audit_commands.export(to=None, every=True)
    exported = capsys.readouterr().out
    kept = json.dumps([list(model.objects.values()) for model in (TrailRow, OutboxRow)], default=str)

    assert exported
    assert TrailRow.objects.filter(event=Trail.RECORD_READ).exists()
    assert [word for word in WORDS if word in exported + kept] == []
    assert [name for rows in written for name in CATEGORY_OF if str(rows[name].pk) in exported] == []


def test_no_log_and_no_mail_says_what_they_say(caplog):
    allowed(NEIGHBOUR)
    rows = refugees("the state of origin")
    visitors = [Visitor(officer_of(NEIGHBOUR, "analyst")), Visitor(reader(OWNER, kind="immigration"))]

    with caplog.at_level(logging.DEBUG):
        for visitor in visitors:
            knocked(visitor, rows)

    said = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    assert "Not Found" in said
    assert [word for word in WORDS if word in said] == []
    assert mail.outbox == []


def test_the_owner_does_see_them():
    rows = refugees("the state of origin")
    analyst = Visitor(reader(OWNER, kind="immigration"))

    answer = told(analyst.answer(Knock("event_detail", "GET", reverse("event_detail", args=[rows["event"].pk]))))

    assert answer[0] == 200
    assert WORDS[0] in answer[2]
