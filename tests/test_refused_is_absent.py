"""From outside, what is refused and what is absent cannot be told apart.

Every door whose address, question or form names a record is asked twice with the same words: for one that is there and
closed to whoever asks, and for one that nobody ever wrote. The two answers have the same status, headers and body; the same
was asked of the database, in as many queries of the same shapes; the same functions ran, but for the rule itself, which is
pure; and the same row is in the trail. In the nightly profile the two also take the same time.
"""

import gc
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from statistics import median
from types import CodeType
from typing import Any
from uuid import UUID

import pytest
import typer
from django.core.cache import cache as shared_cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kentongan.agencies.models import Agency, Officer
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements import need
from kentongan.agreements.access import NotVisible, actor_for, fetch, protected_models
from kentongan.agreements.fields import field_groups
from kentongan.agreements.models import Clause, Instrument, InstrumentParty
from kentongan.agreements.rules import CATEGORIES, PURPOSES
from kentongan.agreements.tests.sharing import clause_between
from kentongan.alerts.models import Alert
from kentongan.audit import proving, sealing
from kentongan.audit.models import TrailRow
from kentongan.cases.models import Case, Referral
from kentongan.config.command import build as commands
from kentongan.config.permissions import REFUSED, Door, doors, table
from kentongan.events.models import Classification, Event, ReadingRow
from kentongan.intake.models import Report
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id
from kentongan.places.models import Place, PlaceAncestor, PlaceCode
from kentongan.programme.models import PartnerVillage, Visit
from kentongan.vault.models import Identity
from kentongan.vulnerability.models import IndexRun, Objection, VillageSheet
from kentongan.watch.models import Finding, Watch

from .door_world import NOW, Visitor, carried, frozen_clock, reader, told
from .permission_world import BEHIND, OWNER, World, build, undone

OUTSIDER = "imigrasi-kupang"
ELSEWHERE = 11
LONG = "Alasan yang ditulis lengkap dan cukup panjang"
SENT = {"version": 1, "revision": 1, "reason": LONG, "why": LONG, "note": LONG, "verdict": "justified", "to": "accepted", "condition": "consent", "document": "Surat 1"}  # fmt: skip
MODELS = (
    Report, Event, Finding, Alert, Case, Referral, Identity, PartnerVillage, Visit, IndexRun, VillageSheet, Objection,
)  # fmt: skip
NAMED_BY_MODEL = {model._meta.model_name: model for model in MODELS}
FIRST_ASKED = ("analyst", "coordinator", "leader", "overseer", "administrator")
"""Roles in the order in which one that a door lets in is chosen."""


# --- who asks, of what ---


@pytest.fixture
def world(db, monkeypatch) -> World:
    """What stands behind every door, all of it another agency's."""
    frozen_clock(monkeypatch)
    return build()


def outsider(role: str, *, kind: str = "immigration", country: str = "ID") -> Visitor:
    return Visitor(reader(OUTSIDER, kind=kind, country=country, role=role))


def allowed_elsewhere() -> None:
    """Put clauses in force by which the outsider gets everything of the owner in another city, and elsewhere by consent."""
    place = Place.objects.create(id=ELSEWHERE, code="36.73", name="Serang", level="city", country="ID", lat=-6, lon=106)
    PlaceCode.objects.create(place=place, scheme="kemendagri", code="36.73")
    PlaceAncestor.objects.create(ancestor=place, descendant=place, depth=0)
    Agency.objects.get_or_create(
        id=OUTSIDER, defaults={"name": OUTSIDER, "kind": "immigration", "country": "ID", "level": "regency"}
    )
    everything = {category: dict.fromkeys(field_groups().get(category, {}), "full") for category in CATEGORIES}
    also = {"purposes": PURPOSES, "precision": "exact", "transfer_basis": "binding_instrument"}
    clause_between(OWNER, OUTSIDER, everything, number=1, roots=[ELSEWHERE], **also)
    clause_between(OWNER, OUTSIDER, everything, number=2, conditions=["court_order"], **also)
    Event.objects.create(
        **carried(owner=OWNER, place_id=ELSEWHERE), title="Yang dibagikan", precision="day", known_at=NOW, happened_from=NOW.date()
    )  # fmt: skip


def absent(keys: dict[str, Any]) -> dict[str, Any]:
    """Return keys of the same form that nothing has; a number has as many digits, a word as many letters."""
    return {name: _absent(key) for name, key in keys.items()}


def _absent(key: Any) -> Any:
    if isinstance(key, UUID):
        return new_id()
    return "x" * len(key) if isinstance(key, str) else int("9" * len(str(key)))


@dataclass(frozen=True)
class Ask:
    """A request that names records by their keys: `{event}` in its address, its question or its form."""

    door: str
    method: str
    names: Callable[[dict[str, Any]], dict[str, Any]] = lambda _keys: {}  # arguments of the address
    question: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=lambda: SENT)

    def address(self, keys: dict[str, Any]) -> str:
        return reverse(self.door, kwargs=self.names(keys))

    def filled(self, what: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
        return {name: value.format(**keys) if isinstance(value, str) else value for name, value in what.items()}


def asks_of(door: Door, keys: dict[str, Any], models: Iterable[str] = ()) -> Iterator[Ask]:
    """Yield the requests at a door whose address names a record; of these models where it names any."""
    if door.is_command or table()[door.door].kind == "library" or "<" not in door.door or door.name not in BEHIND:
        return
    ways = [BEHIND[door.name]]
    if "<slug:model>" in door.door:
        ways = [_of_model(BEHIND[door.name], name) for name in models or NAMED_BY_MODEL]
    for names in ways:
        if names(keys) != names(absent(keys)):
            yield from (Ask(door.name, method, names) for method in ("GET", "POST"))


def _of_model(names: Callable[[dict[str, Any]], dict[str, Any]], model: str) -> Callable[..., dict[str, Any]]:
    return lambda keys: names(keys) | {"model": model, "pk": keys[model]}


# --- what an answer tells ---


@dataclass(frozen=True)
class Answer:
    """All that whoever asks could see or measure, and what stays in the trail."""

    status: int
    headers: str
    body: str
    queries: tuple[str, ...]
    calls: tuple[str, ...]
    trail: tuple[str, ...]

    def differs(self, other: "Answer") -> str:
        """Return where the two differ first, or nothing."""
        for name in ("status", "headers", "body", "queries", "calls", "trail"):
            one, two = getattr(self, name), getattr(other, name)
            if one != two:
                return f"{name}: {_first_difference(one, two)}"
        return ""


def _first_difference(one: Any, two: Any) -> str:
    if isinstance(one, int):
        return f"{one} and {two}"
    lines, others = ((x.splitlines() if isinstance(x, str) else list(x)) for x in (one, two))
    for line, twin in zip(lines, others, strict=False):
        if line != twin:
            return f"{line.strip()[:300]!r} and {twin.strip()[:300]!r}"
    more = (lines if len(lines) > len(others) else others)[min(len(lines), len(others))]
    return f"{len(lines)} and {len(others)}, beginning with {more[:300]!r}"


SHAPES = (
    (re.compile(r'"?s\d+_x\d+"?'), "a savepoint"),
    (re.compile(r"X'[0-9A-Fa-f]*'|'(?:[^']|'')*'"), "?"),
    (re.compile(r"(?<![\w.\"])\d+(?:\.\d+)?(?![\w\"])"), "?"),
)


def shape_of(sql: str) -> str:
    """Return a statement without the values that it was given."""
    for pattern, stands in SHAPES:
        sql = pattern.sub(stands, sql)
    return sql


PURE = ("/agreements/rules.py", "/agreements/facts.py", "/agreements/fields.py", "/kit/ids.py")
"""The rule of the gate looks at the row that is there, and at one that is not: it touches nothing but its arguments. The table
of fields is read once in a process, by whoever asks first. And what stands for a row that is not there is given keys where one
that is has them."""


@contextmanager
def noted_calls() -> Iterator[list[str]]:
    """Note every function of the product that is called inside."""
    called: list[str] = []

    def note(frame: Any, _event: str, _argument: Any) -> None:
        if name := _name_of(frame.f_code):
            called.append(name)

    before = sys.gettrace()
    sys.settrace(note)
    try:
        yield called
    finally:
        sys.settrace(before)


@cache
def _name_of(code: CodeType) -> str:
    """Return what a function of the product is called; nothing for any other, and for what is pure."""
    _before, product, file = code.co_filename.partition("/src/kentongan/")
    is_noted = product and not code.co_filename.endswith(PURE) and not code.co_name.startswith("<")
    return f"{file}:{code.co_name}" if is_noted else ""


def answer_to(visitor: Visitor, ask: Ask, keys: dict[str, Any]) -> Answer:
    """Return the answer, leaving the world as it was."""
    shared_cache.clear()
    connection.queries_log.clear()  # Django keeps the last 9,000 only, and a walk asks more
    address, question, form = ask.address(keys), ask.filled(ask.question, keys), ask.filled(ask.form, keys)
    is_api = ask.door.startswith("api:")
    client = Client(headers={"authorization": f"Bearer {visitor.token}"}) if is_api else Client()
    if not is_api:
        client.cookies.load(visitor.cookies)
    with undone(), CaptureQueriesContext(connection) as queries, noted_calls() as calls:
        last = TrailRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if ask.method == "GET":
            given = client.get(address, question)
        elif is_api:
            given = client.post(address, form, content_type="application/json", query_params=question)
        else:
            given = client.post(address, form, query_params=question)
        if given.streaming:
            given.content = b"".join(given.streaming_content)
        trail = TrailRow.objects.filter(pk__gt=last).order_by("pk")
        written = [
            f"{row.event} {row.actor} {row.agency} {row.role} {row.purpose} {row.clause} {row.subject} {row.why} {row.facts}" for row in trail
        ]  # fmt: skip
        asked = tuple(shape_of(query["sql"]) for query in queries.captured_queries)
    named = {str(key): name for name, key in keys.items() if not isinstance(key, int) and key != visitor.officer.pk}
    numbers = {str(key) for key in ask.names(keys).values() if isinstance(key, int)}
    status, headers, body = told(given)
    return Answer(status, _unnamed(headers, named), _unnamed(body, named, numbers), asked, tuple(calls), tuple(_unnamed(row, named) for row in written))  # fmt: skip


def _unnamed(text: str, named: dict[str, str], numbers: Iterable[str] = ()) -> str:
    """Return the text with each key as the name of what it is the key of; the numbers of an address stand for themselves alone."""
    for key, name in named.items():
        for form in (key, key.replace("-", ""), f"…{key[-6:]}"):
            text = text.replace(form, f"<{name}>")
    for number in numbers:
        text = re.sub(rf"([/>]|jejak |bukti-){number}(?=[/\".<]| ·)", r"\1<number>", text)
    return UUIDS.sub("<another>", text)


UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Compared:
    """What came of asking for both."""

    differences: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    doors: set[str] = field(default_factory=set)
    _warm: set[tuple[str, ...]] = field(default_factory=set)

    def ask(self, visitor: Visitor, ask: Ask, keys: dict[str, Any], nothing: dict[str, Any] | None = None) -> None:
        """Ask for what is there and for what is absent; the first answer only warms what is made once in a process."""
        nothing = nothing or absent(keys)
        if (asked := (ask.door, ask.method, *ask.question, *ask.form)) not in self._warm:
            self._warm.add(asked)
            answer_to(
                visitor, ask, absent(keys) | {n: k for n, k in nothing.items() if keys[n] == k or isinstance(k, str)}
            )
        refused, none = answer_to(visitor, ask, keys), answer_to(visitor, ask, nothing)
        if ask.door == "glass_break" and ask.method == "POST" and refused.status == 302:
            return  # it was not refused: the glass broke, and the owner was told
        self.statuses[refused.status] = self.statuses.get(refused.status, 0) + 1
        self.doors.add(ask.door)
        if difference := refused.differs(none):
            self.differences.append(
                f"{ask.method} {ask.address(keys)} {ask.question or ''} as {visitor.officer}: {difference}"
            )


# --- the doors whose address names a record ---


def let_in(door: Door, method: str) -> list[str]:
    """Return the roles that get further than the door's own refusal, the usual ones first."""
    place = 0 if method == "GET" else 1
    able = [role for role in ROLE_LABELS if table()[door.door].answers[role][place] not in REFUSED]
    return sorted(able, key=lambda role: FIRST_ASKED.index(role) if role in FIRST_ASKED else len(FIRST_ASKED))


def compare_all(keys: dict[str, Any], *, every_role: bool, **of: Any) -> Compared:
    """Ask at every door, in one role that it lets in, or in every role."""
    compared, visitors = Compared(), {}
    for door in doors():
        for ask in asks_of(door, keys):
            able = let_in(door, ask.method)
            for role in ROLE_LABELS if every_role and able else able[:1]:
                visitors.setdefault(role, None)
                if visitors[role] is None:
                    visitors[role] = outsider(role, **of)
                if not reads_the_instrument(visitors[role], ask, keys):
                    compared.ask(visitors[role], ask, keys)
    return compared


def reads_the_instrument(visitor: Visitor, ask: Ask, keys: dict[str, Any]) -> bool:
    """Tell whether the address names an instrument that is open to the visitor, as to every overseer at home."""
    if str(keys["instrument"]) not in ask.address(keys):
        return False
    actor = actor_for(visitor.officer, purpose="prevention", at=NOW)
    return Instrument.objects.filter(pk=keys["instrument"]).visible_to(actor, at=NOW).exists()


def test_no_door_tells_a_refused_record_from_an_absent_one(world):
    allowed_elsewhere()

    compared = compare_all(world.records, every_role=False)

    assert not compared.differences, "\n".join(compared.differences)
    assert set(compared.statuses) <= {200, 403, 404}, compared.statuses
    assert compared.statuses[404] > 70
    assert len(compared.doors) > 60


@pytest.mark.nightly
@pytest.mark.parametrize("handling", ["open", "restricted", "personal", "protected"])
@pytest.mark.parametrize("who", ["with clauses", "without", "foreign", "military"])
def test_no_door_tells_any_role_a_refused_record_from_an_absent_one(who, handling, world):
    for model in (*MODELS, ReadingRow):
        is_sealed = model is Identity and handling in ("open", "restricted")
        model._base_manager.filter(owner=OWNER).update(handling="personal" if is_sealed else handling, origins=["TL"] if handling == "protected" else [])  # fmt: skip
    if who == "with clauses":
        allowed_elsewhere()
    of = {"foreign": {"kind": "foreign_police", "country": "TL"}, "military": {"kind": "military"}}.get(who, {})

    compared = compare_all(world.records, every_role=True, **of)

    assert not compared.differences, "\n".join(compared.differences)


def test_nor_does_it_inside_the_owner_where_the_role_does_not_cover_the_record(world):
    compared = Compared()
    for door in doors():
        for ask in asks_of(door, world.records, ["event"]):
            answers = {who: answer for who, answer in table()[door.door].answers.items() if who in ROLE_LABELS}
            refused = [role for role, answer in answers.items() if answer[ask.method == "POST"] == "404"]
            for role in refused[:1]:
                officer = Officer.objects.get(username=f"{role}-{OWNER}")
                compared.ask(Visitor(officer), ask, world.records)

    assert not compared.differences, "\n".join(compared.differences)
    assert len(compared.doors) > 15


def test_the_api_tells_not_even_its_owner_of_a_protected_event(world):
    Event.objects.filter(pk=world.records["event"]).update(handling="protected")
    compared = Compared()

    compared.ask(Visitor(Officer.objects.get(username=f"analyst-{OWNER}")), Ask("api:get_event", "GET", lambda keys: {"event_id": keys["event"]}), world.records)  # fmt: skip

    assert not compared.differences, "\n".join(compared.differences)
    assert compared.statuses == {404: 1}


# --- the questions and forms that name a record ---


def _own(keys: dict[str, Any]) -> dict[str, Any]:
    return {"pk": keys["own"]}


def _own_clause(keys: dict[str, Any]) -> dict[str, Any]:
    return {"pk": keys["own_instrument"], "clause": keys["own_clause"]}


TRIED = {"agency": OUTSIDER, "role": "analyst", "purpose": "prevention", "on": NOW.date().isoformat()}
HELD = {"why": LONG, "legal_basis": "PN 3/2026", "review_on": "2027-01-01"}
ASKED_FOR = {
    "asker": "Pengadilan", "asker_state": "ID", "letter": "1/2026", "legal_basis": "KUHAP", "purpose": "investigation", "why": LONG,
    "due_on": "2026-04-01", "events-groups": "kind", "events-owners": OWNER, "events-records": "event:{event}",
}  # fmt: skip
QUESTIONS = (
    ("analyst", Ask("alert_new", "GET", question={"finding": "{finding}"})),
    ("analyst", Ask("alert_new", "GET", question={"event": "{event}"})),
    ("analyst", Ask("alert_new", "POST", question={"finding": "{finding}"})),
    ("analyst", Ask("alert_new", "POST", question={"event": "{event}"})),
    ("analyst", Ask("alert_list", "GET", question={"finding": "{finding}"})),
    ("analyst", Ask("alert_list", "GET", question={"event": "{event}"})),
    ("analyst", Ask("watch_run", "POST", form={"watch": "{watch}", "as_of": "2026-03-01"})),
    ("analyst", Ask("event_merge", "POST", _own, form=SENT | {"other": "{number}"})),
    ("analyst", Ask("classification_withdraw", "POST", _own, form=SENT | {"classification": "{classification}"})),
    ("analyst", Ask("merge_undo", "POST", _own, form=SENT | {"merge": "{condition}"})),
    ("analyst", Ask("doubt_answer", "POST", _own, form=SENT | {"doubt": "{condition}", "answer": "same"})),
    ("analyst", Ask("event_split", "POST", _own, form=SENT | {"evidence": "{report}"})),
    ("coordinator", Ask("condition_withdraw", "POST", lambda keys: {"model": "event", "pk": keys["own"], "condition": keys["condition"]})),
    ("coordinator", Ask("instrument_new", "GET", question={"parent": "{instrument}"})),
    ("coordinator", Ask("instrument_new", "POST", form={"parent": "{instrument}", "title": "PKS", "kind": "pks"})),
    ("coordinator", Ask("clause_test", "GET", _own_clause, question=TRIED | {"record": "{event}"})),
    ("coordinator", Ask("clause_test", "GET", _own_clause, question=TRIED | {"other": "event:{event}"})),
    ("coordinator", Ask("clause_change", "GET", lambda keys: {"pk": keys["own_instrument"], "clause": keys["clause"]})),
    ("coordinator", Ask("party_remove", "POST", lambda keys: {"pk": keys["own_instrument"], "party": keys["party"]})),
    ("coordinator", Ask("signatory_remove", "POST", lambda keys: {"pk": keys["own_instrument"], "signatory": keys["signatory"]})),
    ("coordinator", Ask("request_new", "POST", form=ASKED_FOR)),
    ("leader", Ask("hold_new", "POST", form=HELD | {"records": "event:{event}"})),
    ("leader", Ask("hold_new", "POST", form=HELD | {"records": "report:{report}"})),
    ("overseer", Ask("trail_list", "GET", question={"subject": "event:{event}"})),
    ("overseer", Ask("trail_list", "GET", question={"subject": "instrument:{instrument}"})),
    ("overseer", Ask("trail_list", "GET", question={"clause": "clause:{clause}"})),
    ("overseer", Ask("trail_list", "GET", question={"officer": "officer:{officer}"})),
    ("overseer", Ask("use_detail", "GET", lambda _keys: {"hint": "refusals"}, question={"officer": "officer:{officer}", "agency": OWNER})),
    ("administrator", Ask("officer_detail", "GET", lambda keys: {"pk": keys["officer"]})),
)  # fmt: skip
"""Records named in what is asked or sent, by an officer who may use the door and, where it needs one, has an own record there."""


def with_own_records(records: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return keys of what is there and of what is not, beside the same own event, instrument and clause."""
    reader(OUTSIDER, kind="immigration", role="reporter")
    own = Event.objects.create(**carried(owner=OUTSIDER), title="Milik sendiri", precision="day", known_at=NOW, happened_from=NOW.date())  # fmt: skip
    instrument = Instrument.objects.create(kind="pks", title="PKS sendiri", recorded_by_id=OUTSIDER, recorded_at=NOW, in_force_from=date(2026, 1, 1))  # fmt: skip
    InstrumentParty.objects.create(instrument=instrument, agency_id=OUTSIDER)
    clause = Clause.objects.create(
        instrument=instrument, number=1, giver_id=OUTSIDER, receiver_id=OUTSIDER, releases={"events": {"kind": "full"}}, purposes=["prevention"],
        is_everywhere=True, drafted_by="officer:1", drafted_at=NOW,
    )  # fmt: skip
    kind = Classification.objects.create(event_id=records["event"], kind_id="TPPO", alleged_by="officer:1", alleged_at=NOW, why="saksi")  # fmt: skip
    Event.objects.filter(pk=records["event"]).update(number="KJD/B/2026")
    there = records | {"watch": Watch.objects.get(owner=OWNER).pk, "classification": kind.pk, "number": "KJD/B/2026"}
    ours = {"own": own.pk, "own_instrument": instrument.pk, "own_clause": clause.pk}
    return there | ours, absent(there) | {"number": "KJD/A/2026"} | ours


def test_no_question_and_no_form_tells_a_refused_record_from_an_absent_one(world):
    allowed_elsewhere()
    there, nothing = with_own_records(world.records)
    compared, visitors = Compared(), {role: outsider(role) for role in dict(QUESTIONS)}

    for role, ask in QUESTIONS:
        compared.ask(visitors[role], ask, there, nothing)

    assert not compared.differences, "\n".join(compared.differences)
    assert not [status for status in compared.statuses if status in (405, 403, 500)]


# --- what is left of it ---


def test_not_even_the_overseer_of_whoever_asked_reads_from_the_trail_which_was_there(world):
    allowed_elsewhere()
    analyst, overseer = outsider("analyst"), outsider("overseer")
    by = actor_for(analyst.officer, purpose="prevention", at=NOW)
    sets = [world.records, absent(world.records)]
    rows = []
    for keys in sets:
        for name, model in NAMED_BY_MODEL.items():
            with pytest.raises(NotVisible):
                fetch(model, keys[name], by, at=NOW)
        Event.objects.filter(pk=keys["event"]).update(handling="protected")
        with pytest.raises(NotVisible):
            need.break_glass(model=Event, pk=keys["event"], reason=LONG, by=by, at=NOW)
        rows.append(
            list(
                TrailRow.objects.filter(actor=by.ref)
                .order_by("-pk")
                .values_list("pk", flat=True)[: len(NAMED_BY_MODEL) + 1]
            )
        )

    compared = Compared()
    for there, nothing in zip(*rows, strict=True):
        for door in ("trail_row", "trail_proof"):
            ask = Ask(door, "GET", lambda keys: {"pk": keys["row"]})
            compared.ask(overseer, ask, sets[0] | {"row": there}, sets[1] | {"row": nothing})
    for word in ("absent", "covered", "protected rows"):
        page = answer_to(overseer, Ask("trail_list", "GET", question={"clause": word}), {})
        assert not re.search(r"jejak/\d+/", page.body)

    assert [one for one in compared.differences if ": body: " in one or ": status: " in one] == []


def test_the_overseer_of_the_owner_reads_why(world):
    by = actor_for(outsider("analyst").officer, purpose="prevention", at=NOW)
    with pytest.raises(NotVisible):
        fetch(Event, world.records["event"], by, at=NOW)
    row = TrailRow.objects.filter(actor=by.ref).latest("pk")

    page = answer_to(
        Visitor(Officer.objects.get(username=f"overseer-{OWNER}")), Ask("trail_row", "GET", lambda keys: {"pk": keys["row"]}), {"row": row.pk}
    )  # fmt: skip

    assert "bukan milik sendiri" in page.body


def test_the_command_that_names_a_row_of_the_trail_says_the_same_of_one_not_sealed_and_of_none(world):
    sealing.seal_all(clock=timezone.now)
    by = actor_for(outsider("analyst").officer, purpose="prevention", at=NOW)
    with pytest.raises(NotVisible):
        fetch(Event, new_id(), by, at=NOW)
    waiting = TrailRow.objects.latest("pk").pk

    said = []
    for row in (waiting, 999_999):
        with pytest.raises(KentonganError) as refusal:
            proving.prove(row)
        said.append((refusal.value.code, refusal.value.message.replace(str(row), "…"), refusal.value.details))

    assert said[0] == said[1]


def test_no_other_command_takes_the_key_of_a_record():
    taken = set()
    for name, command in typer.main.get_command(commands()).commands.items():
        for below, one in getattr(command, "commands", {"": command}).items():
            taken |= {
                f"{name} {below} {p.name}".replace("  ", " ") for p in one.params if p.param_type_name == "argument"
            }

    assert taken == {"appoint username", "audit check-proof file", "audit prove row"} | WORDS | PATHS


PATHS = {
    "backup file", "django arguments", "factors import file", "feed sources", "import file", "outlines file", "population file",
    "read paths", "restore file",
}  # fmt: skip
WORDS = {"factors import factor", "vulnerability deed"}
"""A code of the vocabulary of factors, and which deed."""


# --- the time it takes ---

ROUNDS = int(os.environ.get("KENTONGAN_TIMING_ROUNDS", "300"))
SLACK = 0.15
"""A refusal and an absence may differ by this part of the time that an absence takes, and by three times what two absences
differ by: wide enough for a busy machine, a tenth of what reading one large text would cost."""


@contextmanager
def steady() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def medians(rounds: int, *asked: Callable[[], None]) -> list[float]:
    """Return the median time of each, asked for in turn, in an order that changes from round to round."""
    took: list[list[float]] = [[] for _one in asked]
    with steady():
        for n in range(rounds + 5):
            for m in range(len(asked)):
                which = (n + m) % len(asked)
                begun = time.perf_counter()
                asked[which]()
                if n >= 5:
                    took[which].append(time.perf_counter() - begun)
    return [median(times) for times in took]


def demand_alike(refused: float, one: float, other: float, what: str) -> None:
    bound = SLACK * one + 3 * abs(one - other)
    print(f"{what}: refused {refused * 1e6:.0f} us, absent {one * 1e6:.0f} and {other * 1e6:.0f} us")  # noqa: T201 - read at night
    assert abs(refused - one) <= bound, f"{what}: {refused:.6f} s for what is refused, {one:.6f} s for what is absent"


@pytest.mark.nightly
@pytest.mark.parametrize("handling", ["restricted", "protected"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_the_gate_takes_as_long_for_a_refused_row_as_for_none(model, handling, world):
    allowed_elsewhere()
    by = actor_for(outsider("analyst").officer, purpose="prevention", at=NOW)
    pk = world.records[model._meta.model_name]
    model._base_manager.filter(pk=pk).update(**({"handling": handling} if model is not Identity else {}))
    Report._base_manager.update(original=b"x" * 4_000_000, text="x" * 1_000_000)

    def look(key: UUID) -> Callable[[], None]:
        def asking() -> None:
            with undone(), pytest.raises(NotVisible):
                fetch(model, key, by, at=NOW)

        return asking

    demand_alike(*medians(ROUNDS, look(pk), look(new_id()), look(new_id())), model._meta.model_name)


@pytest.mark.nightly
@pytest.mark.parametrize(
    "name", ["report_detail", "event_detail", "alert_detail", "api:get_finding", "api:get_report", "glass_break"]
)
def test_a_door_takes_as_long_for_a_refused_record_as_for_none(name, world):
    allowed_elsewhere()
    Report._base_manager.update(original=b"x" * 4_000_000, text="x" * 1_000_000)
    Event._base_manager.update(handling="protected")  # for which no glass breaks
    analyst, keys = outsider("analyst"), world.records
    ask = Ask(name, "POST" if name == "glass_break" else "GET", BEHIND[name])
    address, nothing = ask.address(keys), [ask.address(absent(keys)) for _n in range(2)]
    client = Client(headers={"authorization": f"Bearer {analyst.token}"})
    client.cookies.load(analyst.cookies)

    def knock(at: str) -> Callable[[], None]:
        def asking() -> None:
            shared_cache.clear()
            with undone():
                assert (client.get(at) if ask.method == "GET" else client.post(at, SENT)).status_code == 404

        return asking

    demand_alike(*medians(max(ROUNDS // 3, 20), *(knock(at) for at in (address, *nothing))), name)


def test_every_protected_model_with_a_page_is_asked_for():
    paged = {model for model in protected_models() if model is not ReadingRow}

    assert paged == set(MODELS)
