"""A world behind every door, in two versions that differ only in what is not released: a door that answers them alike
tells nothing of it, neither in words nor by a number, an order, a status or a length."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agencies.staff import issue_token
from kentongan.agreements.access import actor_for
from kentongan.alerts.models import Alert, AlertNote, AlertStep, LadderStep, StepTold
from kentongan.cases.models import Case, Referral
from kentongan.config.permissions import NOBODY, Door, doors, table
from kentongan.events.models import Classification, Event, EventReport, EventVersion, JoinDoubt, Merge, ReadingRow
from kentongan.intake.models import Report
from kentongan.programme.models import PartnerVillage
from kentongan.vault.models import Identity
from kentongan.vulnerability.models import IndexRun
from kentongan.watch.models import ExplainedSurge, Finding, FindingMember, FindingSighting, Watch, WatchRun
from kentongan.web import live

from .case_world import CASE_CHANGES, CASE_NEVER_RELEASED, CASE_QUERIES, CASE_SENT, CASE_WITHIN_THE_BLUR, case_rows
from .changes import Change, each, hang, update
from .permission_world import BEHIND, undone
from .village_world import VILLAGE_CHANGES, VILLAGE_QUERIES, VILLAGE_SENT, VILLAGE_WITHIN_THE_BLUR, village_rows

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
OWNER, READER, THIRD = "kanim-atambua", "pembaca", "bp3mi-kupang"
ABSENT = "0190aaaa-0000-7000-8000-00000000000a"
MODELS: dict[str, Any] = {
    "reports": Report,
    "readings": ReadingRow,
    "events": Event,
    "findings": Finding,
    "alerts": Alert,
    "cases": Case,
    "referrals": Referral,
    "persons": Identity,
    "programme": PartnerVillage,
    "vulnerability": IndexRun,
}
SILAWAN, TULAKADI, SERANG = 5, 6, 11  # two villages of one district, and a city far away


def frozen_clock(patch: pytest.MonkeyPatch) -> None:
    """Let every door see one instant, so that two walks differ by nothing else."""
    patch.setattr(timezone, "now", lambda: NOW)


# --- what stands behind the doors ---


def reader(agency: str = READER, *, kind: str = "police", country: str = "ID", role: str = "analyst") -> Officer:
    """Return an officer of another agency, on duty."""
    Agency.objects.get_or_create(
        id=agency, defaults={"name": agency, "kind": kind, "country": country, "level": "regency"}
    )
    officer = Officer.objects.create_user(
        username=f"{role}-{agency}", password="sangat-rahasia-2026", last_home_at=NOW - timedelta(days=9)
    )
    Posting.objects.create(officer=officer, agency_id=agency, role=role, started_at=NOW - timedelta(days=30))
    return officer


def carried(handling: str = "restricted", owner: str = OWNER, **more: Any) -> dict[str, Any]:
    """Return what every protected row carries."""
    return {
        "owner_id": owner, "place_id": SILAWAN, "handling": handling, "purpose": "prevention", "legal_basis": "UU 6/2011",
        "retain_until": date(2031, 1, 1), **more,
    }  # fmt: skip


def rows_of_owner(
    handling: str = "restricted", *, owner: str = OWNER, origins: Iterable[str] = (), mark: str = ""
) -> dict[str, Any]:
    """Write one row of every category, joined with the others, with what hangs on each of them; return them by name."""
    for pk, kind in ((OWNER, "immigration"), (THIRD, "labour")):
        Agency.objects.get_or_create(id=pk, defaults={"name": pk, "kind": kind, "country": "ID", "level": "regency"})
    common = carried(handling, owner, origins=list(origins))
    author = Officer.objects.create_user(
        username=f"petugas{mark}", password="sangat-rahasia-2026", full_name="Yosef Petugas"
    )
    report = Report.objects.create(
        **common, channel="paste", title="Judul laporan", text="Isi laporan tentang perekrutan", source="Warga", author="Penulis",
        address="https://contoh.id/a", published_on=date(2026, 2, 2), checksum=f"a{mark}", original_checksum=f"b{mark}", filename="a.txt",
        received_at=NOW - timedelta(days=2), received_by=author.ref,
    )  # fmt: skip
    reading = ReadingRow.objects.create(
        **common, report=report, reader_version="uji", read_at=NOW - timedelta(days=2),
        content={"grade": {"reliability": "B", "credibility": "2", "why": "satu sumber"}, "reader_version": "uji"},
    )  # fmt: skip
    event = Event.objects.create(
        **common, number=f"KJD/{owner}/2026/0001{mark}", title="Dugaan perekrutan", state="confirmed", version=2, persons=7, precision="day",
        happened_from=date(2026, 2, 10), happened_to=date(2026, 2, 12), known_at=NOW - timedelta(days=2), decided_at=NOW - timedelta(days=1),
        source_grade="B2",
    )  # fmt: skip
    absorbed = Event.objects.create(
        **common, number=f"KJD/{owner}/2026/0002{mark}", title="Yang digabung", state="merged", merged_into=event, precision="day",
        known_at=NOW - timedelta(days=2),
    )  # fmt: skip
    other = Event.objects.create(
        **common, title="Yang mirip", state="proposed", precision="day", known_at=NOW - timedelta(days=3)
    )
    classification = Classification.objects.create(
        event=event, kind_id="TPPO", alleged_by=author.ref, alleged_at=NOW, why="menurut saksi"
    )
    EventVersion.objects.create(
        event=event, number=2, state="confirmed", title="Dugaan perekrutan", place_id=SILAWAN, happened_from=date(2026, 2, 10), precision="day",
        persons=7, kinds=["TPPO"], decided_at=NOW - timedelta(days=1), decided_by=author.ref, reason="cocok",
    )  # fmt: skip
    EventReport.objects.create(
        event=event, report=report, reading=reading, linked_at=NOW, linked_by=author.ref, why="laporan yang sama"
    )
    merge = Merge.objects.create(
        absorbed=absorbed, into=event, state_before="proposed", merged_at=NOW, merged_by=author.ref, why="sama"
    )
    doubt = JoinDoubt.objects.create(one=event, other=other, score=0.7, why=[], noticed_at=NOW)
    watch = Watch.objects.create(owner_id=owner, name=f"Pemantauan{mark}", created_at=NOW)
    run = WatchRun.objects.create(
        watch=watch, as_of=date(2026, 3, 1), state="done", purpose="prevention", finished_at=NOW
    )
    finding = Finding.objects.create(
        **common, watch=watch, type="cluster", stream="trafficking", level="village", window_from=date(2026, 2, 2), window_to=date(2026, 3, 2),
        first_as_of=date(2026, 3, 1), last_as_of=date(2026, 3, 1), observed=6, expected=1.5, relative_risk=4.0, llr=5.0, p_value=0.01,
        recurrence_days=700.0, radius_m=900.0, weeks=[["2026-02-02", 6, 1.5]], needed_weeks=["2026-02-02"], baseline_events=40,
        history_weeks=50, state="alerted", outcome="true", outcome_why="terbukti", judged_by=author.ref, judged_at=NOW,
    )  # fmt: skip
    FindingMember.objects.create(finding=finding, place_id=SILAWAN, observed=6, expected=1.5, is_centre=True, weeks=[6])
    FindingSighting.objects.create(
        finding=finding, run=run, level="village", window_from=date(2026, 2, 2), window_to=date(2026, 3, 2), members=[SILAWAN], observed=6,
        expected=1.5, p_value=0.01, recurrence_days=700.0, is_new=True,
    )  # fmt: skip
    ExplainedSurge.objects.create(
        finding=finding, run=run, place_id=4, level="district", window_from=date(2026, 2, 2), window_to=date(2026, 3, 2), observed=9, expected=3.0,
        p_value=0.02,
    )  # fmt: skip
    alert = Alert.objects.create(
        **common, number=f"PRG/{owner}/2026/0001{mark}", finding=finding, addressee_id=THIRD, matter="crime", title="Judul peringatan",
        message="Isi peringatan", proposed_why="berwenang", state="closed", raised_at=NOW - timedelta(days=1), raised_by=author.ref,
        acknowledge_by=NOW + timedelta(hours=1), verify_by=NOW + timedelta(hours=9), decide_by=NOW + timedelta(days=3), closed_at=NOW,
        outcome="true", outcome_why="terbukti",
    )  # fmt: skip
    AlertStep.objects.create(
        alert=alert, state="raised", at=NOW - timedelta(days=1), by=author.ref, agency=owner, note="mohon dicek"
    )
    AlertStep.objects.create(
        alert=alert, state="closed", at=NOW - timedelta(hours=2), by=author.ref, agency=THIRD, note="terbukti"
    )
    AlertNote.objects.create(
        alert=alert,
        what="snoozed",
        at=NOW - timedelta(hours=3),
        by=author.ref,
        agency=THIRD,
        note="menunggu kapal",
        until=NOW - timedelta(hours=2),
    )
    step = LadderStep.objects.create(
        alert=alert, number=1, kind="notify", whom=["addressee_duty"], channels=["inapp"], awaits="acknowledged", state="done",
        planned_at=NOW - timedelta(days=1), due_at=NOW - timedelta(days=1), ended_at=NOW - timedelta(days=1),
    )  # fmt: skip
    StepTold.objects.create(
        step=step, officer=author.ref, agency=THIRD, why="duty", at=NOW - timedelta(days=1), key="ladder:1"
    )
    identity = Identity.objects.create(
        **common | {"handling": "protected" if handling == "protected" else "personal"}, kind="victim", mark=f"K7Q{mark}"[:8], about=report.ref,
        recorded_at=NOW, recorded_by=author.ref,
    )  # fmt: skip
    rows = {
        "report": report, "reading": reading, "event": event, "absorbed": absorbed, "similar": other, "finding": finding, "alert": alert,
        "identity": identity, "run": run, "classification": classification, "merge": merge, "doubt": doubt,
    }  # fmt: skip
    rows |= village_rows(common, rows, officer=author, mark=mark)
    return rows | case_rows(common, rows, author=author.ref, partner=THIRD, mark=mark)


# --- the second version ---


def _another_report(rows: dict[str, Any]) -> None:
    """Stand another report behind the event."""
    other = Report.objects.create(
        **carried("protected"),
        channel="feed",
        title="Lain",
        text="Lain",
        checksum="lain",
        original_checksum="lain",
        received_at=NOW,
        received_by="officer:1",
    )
    EventReport.objects.create(event=rows["event"], report=other, linked_at=NOW, linked_by="officer:1")


def _another_member(rows: dict[str, Any]) -> None:
    FindingMember.objects.create(finding=rows["finding"], place_id=SERANG, observed=3, expected=0.2)


SOMEBODY = f"officer:{ABSENT}"
CHANGES: dict[tuple[str, str], Change] = {
    ("reports", "text"): update("report", title="Rahasia", text="Sama sekali lain", filename="z.txt", checksum="z", original_checksum="z", original=b"z",
                                 media_type="text/html", idempotency_key="z"),
    ("reports", "place"): update("report", place=SERANG),
    ("reports", "source"): update("report", source="Lain", author="Lain", address="https://contoh.id/z", published_on=date(2026, 1, 9), received_by=SOMEBODY),
    ("readings", "content"): update("reading", corrections=[{"field": "place", "from": 1, "to": 2, "by": SOMEBODY, "at": "2026-03-01"}],
                                     content={"grade": {"reliability": "E", "credibility": "5", "why": "lain"}, "reader_version": "lain"}),
    ("readings", "place"): update("reading", place=SERANG),
    ("events", "title"): each(update("event", title="Rahasia"), hang(EventVersion, "event", "event", title="Rahasia", reason="lain", decided_by=SOMEBODY)),
    ("events", "place"): each(update("event", place=SERANG, place_open=["53.01"]), hang(EventVersion, "event", "event", place=SERANG)),
    ("events", "time"): each(
        update("event", happened_from=date(2026, 1, 3), happened_to=date(2026, 1, 9), precision="week"),
        hang(EventVersion, "event", "event", happened_from=date(2026, 1, 3), precision="week"),
    ),
    ("events", "persons"): each(update("event", persons=93), hang(EventVersion, "event", "event", persons=93)),
    ("events", "details"): update("event", details={"quantities": [{"value": 4, "unit": "kg"}]}),
    ("events", "source"): each(update("event", source_grade="E5"), hang(EventVersion, "event", "event", reason="lain", decided_by=SOMEBODY),
        hang(Classification, "event", "event", why="lain", alleged_by=SOMEBODY), _another_report, hang(EventReport, "event", "event", why="lain")),
    ("findings", "place"): each(update("finding", place=SERANG, radius_m=5.0), _another_member, hang(FindingSighting, "finding", "finding", members=[SERANG]),
                                 hang(ExplainedSurge, "finding", "finding", place=2, observed=99)),
    ("findings", "time"): each(
        update("finding", window_from=date(2026, 1, 5), window_to=date(2026, 2, 2), weeks=[["2026-01-05", 1, 1.0]], needed_weeks=[]),
        hang(FindingSighting, "finding", "finding", window_from=date(2026, 1, 5), window_to=date(2026, 2, 2)),
    ),
    ("findings", "figures"): each(
        update("finding", observed=99, expected=9.5, relative_risk=9.0, llr=99.0, p_value=0.5, recurrence_days=9.0, baseline_events=4, history_weeks=5),
        hang(FindingSighting, "finding", "finding", observed=99, expected=9.5, p_value=0.5, recurrence_days=9.0),
        hang(FindingMember, "finding", "finding", observed=99, expected=9.5, weeks=[99]),
    ),
    ("findings", "outcome"): update("finding", outcome="false", outcome_why="lain", judged_by=SOMEBODY, judged_at=NOW - timedelta(days=9)),
    ("alerts", "message"): each(update("alert", title="Rahasia", message="Lain", proposed_why="lain", changed_why="lain"),
                                 hang(AlertStep, "alert", "alert", note="lain", by=SOMEBODY), hang(AlertNote, "alert", "alert", note="lain", by=SOMEBODY)),
    ("alerts", "place"): update("alert", place=SERANG),
    ("alerts", "source"): each(update("alert", raised_by=SOMEBODY), hang(AlertStep, "alert", "alert", by=SOMEBODY), hang(AlertNote, "alert", "alert", by=SOMEBODY),
                               hang(LadderStep, "alert", "alert", claimed_by="lain", last_error="lain")),
    ("alerts", "outcome"): each(update("alert", outcome="false", outcome_why="lain"), hang(AlertStep, "alert", "alert", note="lain"),
                                hang(AlertNote, "alert", "alert", note="lain")),
    **CASE_CHANGES,
    **VILLAGE_CHANGES,
}  # fmt: skip
"""How a group of fields, with what hangs on it, reads in the second version."""

WITHIN_THE_BLUR: dict[tuple[str, str], Change] = {
    ("reports", "place"): update("report", place=TULAKADI),
    ("readings", "place"): update("reading", place=TULAKADI),
    ("events", "place"): each(
        update("event", place=TULAKADI, place_open=["53.01"]), hang(EventVersion, "event", "event", place=TULAKADI)
    ),
    ("events", "time"): update("event", happened_from=date(2026, 2, 20), happened_to=date(2026, 2, 22)),
    ("findings", "place"): each(update("finding", place=TULAKADI, radius_m=5.0), _another_member),
    ("alerts", "place"): update("alert", place=TULAKADI),
    **CASE_WITHIN_THE_BLUR,
    **VILLAGE_WITHIN_THE_BLUR,
}
"""How it reads in the second version where the same blurred value is released of both."""

NEVER_RELEASED: Change = each(
    hang(Merge, "event", "into", why="lain", merged_by=SOMEBODY),
    hang(JoinDoubt, "event", "one", score=0.9),
    hang(StepTold, "alert", "step__alert", officer=SOMEBODY, why="leader"),
    CASE_NEVER_RELEASED,
)
"""What no clause releases: why a row was joined with others, and whom the ladder of an alert told."""


# --- the walk ---

QUERIES: dict[str, tuple[dict[str, str], ...]] = {
    "event_list": (
        {"q": "perekrutan"}, {"q": "Rahasia"}, {"place": "53.04.02.2001"}, {"place": "36.73"}, {"first": "2026-02-01"}, {"last": "2026-01-31"},
        {"kind": "TPPO"}, {"state": "confirmed"}, {"page": "2"},
    ),
    "report_list": ({"q": "laporan"}, {"q": "Rahasia"}, {"q": "Warga"}, {"channel": "paste"}, {"kind": "nil"}, {"first": "2026-03-01"}, {"last": "2026-03-01"}),
    "finding_list": ({"state": "alerted"}, {"stream": "trafficking"}, {"type": "cluster"}, {"page": "2"}),
    "alert_list": ({"side": "to"}, {"side": "from"}, {"state": "closed"}, {"overdue": "on"}, {"finding": "{finding}"}, {"event": "{event}"}),
    "alert_new": ({"finding": "{finding}"}, {"event": "{event}"}),
    "home": ({"dari": "2026-02-01", "sampai": "2026-02-28"}, {"dari": "2026-01-01", "sampai": "2026-01-31"}, {"jenis": "TPPO"}),
    "map_events": ({"dari": "2026-02-01", "sampai": "2026-02-28"}, {"dari": "2026-01-01", "sampai": "2026-01-31"}, {"jenis": "TPPO"}),
    "map_operations": ({"dari": "2026-02-01", "sampai": "2026-02-28"},),
    "map_findings": ({"dari": "2026-02-15", "sampai": "2026-02-28"}, {"dari": "2026-01-01", "sampai": "2026-01-20"}),
    "place_search": ({"q": "silawan"}, {"q": "silawan", "format": "json"}),
    "count_table": ({"kategori": "events", "tahun": "2026"}, {"kategori": "findings", "tahun": "2026"}),
    "count_export": ({"kategori": "events", "tahun": "2026"},),
    "api:list_events": (
        {"happened_from": "2026-02-01"}, {"happened_to": "2026-02-01"}, {"place": "53.04.02.2001"}, {"place": "36.73"}, {"kind": "TPPO"},
        {"state": "confirmed"}, {"limit": "1"}, {"offset": "1"},
    ),
    "api:map_events": ({"happened_from": "2026-02-01"}, {"place": "53.04.02.2001"}, {"limit": "1"}),
    "api:list_reports": ({"channel": "paste"}, {"is_nil": "false"}, {"received_from": "2026-03-01T00:00:00Z"}, {"received_to": "2026-03-03T00:00:00Z"}),
    "api:list_findings": ({"state": "alerted"}, {"stream": "trafficking"}, {"type": "cluster"}, {"window_from": "2026-02-10"}, {"window_to": "2026-01-20"}),
    "api:map_findings": ({"window_from": "2026-02-10"}, {"window_to": "2026-01-20"}, {"limit": "1"}),
    "api:list_alerts": ({"state": "closed"}, {"limit": "1"}),
    "api:search_places": ({"q": "silawan"},),
    **CASE_QUERIES,
    **VILLAGE_QUERIES,
}  # fmt: skip
"""What the doors are asked besides their bare address."""

STEP = {"version": "1", "reason": "Alasan yang ditulis lengkap"}
SENT: dict[str, dict[str, str]] = {
    **dict.fromkeys(("event_confirm", "event_dismiss"), STEP | {"version": "2"}),
    "event_correct": STEP | {"version": "2", "title": "Judul lain", "precision": "unknown"},
    "event_split": STEP | {"version": "2", "evidence": ABSENT},
    "event_merge": STEP | {"version": "2", "other": f"KJD/{OWNER}/2026/0002"},
    "event_classify": STEP | {"version": "2", "kind": "TPPM"},
    "classification_withdraw": STEP | {"version": "2", "classification": "{classification}"},
    "merge_undo": STEP | {"merge": "{merge}"},
    "doubt_answer": STEP | {"doubt": "{doubt}", "answer": "same"},
    "finding_dismiss": STEP,
    "alert_acknowledge": STEP,
    "alert_verify": STEP | {"note": "Sudah dicek"},
    "alert_close": STEP | {"outcome": "true", "why": "Sudah dicek"},
    "alert_snooze": STEP | {"minutes": "30", "why": "Menunggu kapal"},
    **CASE_SENT,
    **VILLAGE_SENT,
}
"""What is sent to the doors of deeds, besides an empty form: what their owner might send."""

PLACES = ("53.04.02.2001", "53.04.02.2002", "53.04.02", "36.73")
NOT_OF_PLACES = (
    "programme_month", "programme_month_pdf", "partner_officer_end", "factor_detail", "factor_import", "factor_approve",
)  # fmt: skip
"""Doors whose address names a month, a factor or more than a place."""
UNSEEN = ("belum-dibaca", "tanpa-wilayah", "letak-belum-pasti", "senyap", "instansi")
OF_MODEL = {"report": ("report",), "event": ("event", "absorbed", "similar"), "finding": ("finding",), "alert": ("alert",), "run": ("run",),
            "identity": ("identity",), "case": ("case",), "referral": ("referral",), "partnervillage": ("partnervillage",), "visit": ("visit",),
            "indexrun": ("indexrun",), "villagesheet": ("villagesheet",), "objection": ("objection",)}  # fmt: skip


@dataclass(frozen=True)
class Knock:
    """One request."""

    door: str
    method: str
    address: str
    asked: tuple[tuple[str, str], ...] = ()
    is_api: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.address} {dict(self.asked) or ''}"


@dataclass
class Visitor:
    """An officer at all doors, with a session and a token."""

    officer: Officer
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        client = Client()
        client.force_login(self.officer, backend="django.contrib.auth.backends.ModelBackend")
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        by = actor_for(self.officer, purpose="prevention", at=NOW)
        self.token = issue_token(
            officer=self.officer, name="uji", purpose="prevention", expires_at=NOW + timedelta(days=1), by=by, at=NOW
        ).secret

    def answer(self, knock: Knock) -> Any:
        """Return the door's answer, leaving the world as it was."""
        with undone():
            return self.send(knock)

    def send(self, knock: Knock) -> Any:
        """Return the door's answer, with whatever it left in the world."""
        cache.clear()
        live.let_in.clear()
        live.marks.clear()
        if knock.is_api:
            client = Client(headers={"authorization": f"Bearer {self.token}"})
        else:
            client = Client()
            client.cookies.load(self.cookies)
        send = client.get if knock.method == "GET" else client.post
        answer = send(knock.address, dict(knock.asked))
        if answer.streaming:
            answer.content = b"".join(answer.streaming_content)
        return answer


def knocks(rows: dict[str, Any], methods: Iterable[str] = ("GET", "POST")) -> Iterator[Knock]:
    """Yield every request that the doors know, for each row that an address may name and for one that is not there.

    What a door answers nobody in any way (405, as the permission table says) is not asked.
    """
    known = {name: row.pk for name, row in rows.items()}
    texts = {name: str(pk) for name, pk in known.items()}
    for door in doors():
        if door.is_command or table()[door.door].kind == "library":
            continue
        for address in _addresses(door, known):
            is_api = door.name.startswith("api:")
            told = {"GET": QUERIES.get(door.name, ()), "POST": (SENT[door.name],) if door.name in SENT else ()}
            for method in (method for method in methods if _is_answered(door, method)):
                for parameters in ({}, *told[method]):
                    asked = tuple((name, value.format(**texts)) for name, value in parameters.items())
                    yield Knock(door.name, method, address, asked, is_api)


def _is_answered(door: Door, method: str) -> bool:
    answers = [by_method for who, by_method in table()[door.door].answers.items() if who != NOBODY]
    return any(by_method[0 if method == "GET" else 1] != "405" for by_method in answers)


def _addresses(door: Door, known: dict[str, Any]) -> Iterator[str]:
    if "<" not in door.door:
        yield f"/{door.door}"
        return
    if "code" in door.door and door.name not in NOT_OF_PLACES:
        yield from (reverse(door.name, kwargs={"code": code}) for code in PLACES)
        return
    if door.name == "unseen":
        yield from (reverse(door.name, kwargs={"what": what}) for what in UNSEEN)
        return
    if "<slug:model>" in door.door:
        for model, names in OF_MODEL.items():
            for name in names:
                more = {"condition": ABSENT} if "condition>" in door.door else {}
                yield reverse(door.name, kwargs={"model": model, "pk": known[name], **more})
        return
    wanted = _Wanted(known)
    arguments = BEHIND[door.name](wanted)
    for name in OF_MODEL.get(wanted.last, (wanted.last,)):
        yield reverse(
            door.name,
            kwargs={k: known.get(name, v) if v == known.get(wanted.last) else v for k, v in arguments.items()},
        )


class _Wanted(dict[str, Any]):
    """Tells which record an address names; what this world has not is named by an id that is not there."""

    last = ""

    def __getitem__(self, name: str) -> Any:
        self.last = name
        if name in self:
            return super().__getitem__(name)
        return (
            999_999
            if name in ("trail_row", "part", "party", "signatory", "instrument_change", "token", "browser", "plan_line")
            else ABSENT
        )


RANDOM = (
    re.compile(r'(csrfmiddlewaretoken"? (?:type="hidden" )?value=|csrf-token" content=|nonce=|data-csrf=)"[^"]*"'),
    re.compile(r"'nonce-[^']*'"),
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(r'"X-CSRFToken": ?"[^"]*"'),
    # of a form that is sent once, however often it is clicked:
    re.compile(r'name="key" value="[0-9a-f-]{36}" id="id_key"'),
)


def told(answer: Any, known: Iterable[str] = ()) -> tuple[int, str, str]:
    """Return all that an answer tells: status, headers, body, without what is drawn by lot; `known` words are taken out too."""
    headers = sorted(f"{k}: {v}" for k, v in answer.headers.items() if k not in ("Set-Cookie", "Expires"))
    cookies = sorted(
        f"{name} {morsel['path']} {morsel['httponly']} {_said_next(name, morsel.value)}"
        for name, morsel in answer.cookies.items()
    )
    texts = ["\n".join([*headers, *cookies]), answer.content.decode("utf-8", "backslashreplace")]
    for pattern in RANDOM:
        texts = [pattern.sub("by lot", text) for text in texts]
    for word in known:
        texts = [text.replace(word, "this record") for text in texts]
    return answer.status_code, *texts


def _said_next(cookie: str, value: str) -> str:
    """Return what the next page will say, if that is what the cookie holds, without its time and signature."""
    return value.rsplit(":", 2)[0] if cookie == "messages" else ""


def walk(visitor: Visitor, all_knocks: Iterable[Knock]) -> dict[Knock, tuple[int, str, str]]:
    """Return what every door tells the visitor."""
    return {knock: told(visitor.answer(knock)) for knock in all_knocks}


def walk_twice(
    visitor: Visitor, asked: Iterable[Knock], change: Callable[[], None]
) -> tuple[dict[Knock, tuple[int, str, str]], dict[Knock, tuple[int, str, str]]]:
    """Return what every door tells the visitor before and after a change of what is stored.

    A door that looked at no table in which something was changed is not asked again: nothing that it looks at differs.
    """
    before, statements = {}, {}
    for knock in asked:
        with _noted() as said:
            before[knock] = told(visitor.answer(knock))
        statements[knock] = " ".join(said)
    with _noted() as said:
        change()
    changed = {
        table for statement in said for table in re.findall(r'(?:UPDATE|INSERT INTO|DELETE FROM) "(\w+)"', statement)
    }
    after = {
        knock: told(visitor.answer(knock)) if any(table in statements[knock] for table in changed) else before[knock]
        for knock in before
    }
    return before, after


@contextmanager
def _noted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        said.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield said


def differences(one: dict[Knock, Any], other: dict[Knock, Any]) -> list[str]:
    """Return where two walks differ, with the first words that do."""
    return [f"{knock}: {_first(one[knock], other[knock])}" for knock in one if one[knock] != other[knock]]


def _first(one: tuple[int, str, str], other: tuple[int, str, str]) -> str:
    if one[0] != other[0]:
        return f"{one[0]} and {other[0]}"
    for a, b in ((one[2], other[2]), (one[1], other[1])):
        for line, twin in zip(a.splitlines(), b.splitlines(), strict=False):
            if line != twin:
                at = next(n for n, (x, y) in enumerate(zip(f"{line} ", f"{twin} ", strict=False)) if x != y)
                return f"…{line[max(0, at - 60) : at + 100]!r} and …{twin[max(0, at - 60) : at + 100]!r}"
    return "another length"
