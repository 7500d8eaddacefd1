"""A small world in which every door has something behind it: one agency that owns one record of each kind, with an officer
of every role. What a door answers these officers is what their role alone decides; the gate has its own tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kentongan.agencies.models import Agency, ApiToken, Officer, OfficerSession, Posting
from kentongan.agencies.staff import issue_token
from kentongan.agreements.access import actor_for
from kentongan.agreements.models import (
    BreakGlass,
    Clause,
    ConditionMet,
    Grant,
    ImpactAssessment,
    Instrument,
    InstrumentChange,
    InstrumentParty,
    Signatory,
)
from kentongan.alerts.models import Alert, DutyShift, ReporterWord
from kentongan.audit import sealing, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.cases.models import (
    Case,
    CaseAgency,
    CaseClassification,
    CaseMilestone,
    CaseObject,
    CasePerson,
    CaseTask,
    HandOver,
    Referral,
    RoleChange,
)
from kentongan.config.permissions import NOBODY, SIGN_IN, WHO, Door
from kentongan.events.models import Event, ReadingRow
from kentongan.intake.models import Report
from kentongan.linkage.models import CandidateLink, LinkageRun
from kentongan.messages import sealing as message_sealing
from kentongan.messages.models import Message, PushSubscription, WebhookEndpoint
from kentongan.oversight.models import LegalHold, OutsideRequest, Release, RequestedPart
from kentongan.places.models import Facility, Place, PlaceAncestor, PlaceCode
from kentongan.programme.models import PartnerOfficer, PartnerVillage, Visit
from kentongan.programme.planning_models import Plan
from kentongan.routes.models import Corridor, CorridorStop
from kentongan.vault.models import Identity
from kentongan.vocabulary.models import Kind
from kentongan.vulnerability.columns import pack
from kentongan.vulnerability.factor_models import Factor, FactorColumn, FactorVersion
from kentongan.vulnerability.index_arrays import packed_rows
from kentongan.vulnerability.index_models import IndexRun, Objection, RunArray, VillageSheet, Weighting
from kentongan.vulnerability.index_rules import breaks
from kentongan.vulnerability.index_telling import told_of
from kentongan.vulnerability.queries import level_in_run
from kentongan.watch.learning import Advice
from kentongan.watch.models import Finding, ThresholdProposal, Watch, WatchRun

OWNER, OTHER, THIRD = "kanim-atambua", "polres-belu", "bp3mi-kupang"
ABSENT = "0190aaaa-0000-7000-8000-00000000000a"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written inside. Deeds that want a transaction of their own get it, as in Django's own tests."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@dataclass
class World:
    """Who knocks, with which cookies or which token, and what stands behind the doors."""

    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)  # what a look asks for
    bodies: dict[str, Any] = field(default_factory=dict)  # what is sent; to other doors an empty form
    cookies: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)  # keys of what stands behind the doors, by name

    def answer(self, door: Door, who: str, method: str) -> str:
        """Return how the door answers, leaving the world as it was."""
        address = self.address_of(door)
        cache.clear()
        with undone():
            client = self._client(door, who)
            if method == "get":
                answer = client.get(address, self.questions.get(door.name, {}))
            elif door.name.startswith("api:"):
                answer = client.post(address, self.bodies.get(door.name, {}), content_type="application/json")
            else:
                answer = client.post(address, _fresh(self.bodies.get(door.name, {})))
        leads_in = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
        return SIGN_IN if leads_in else str(answer.status_code)

    def address_of(self, door: Door) -> str:
        """Return the door's address with what stands behind it."""
        if "<" not in door.door:
            return f"/{door.door}"
        if door.name not in self.arguments:
            raise AssertionError(f"say in tests/permission_world.py what stands behind {door.name} ({door.door})")
        return reverse(door.name, kwargs=self.arguments[door.name])

    def _client(self, door: Door, who: str) -> Client:
        client = Client(raise_request_exception=True)
        if door.name.startswith("api:"):
            return client if who == NOBODY else Client(headers={"authorization": f"Bearer {self.tokens[who]}"})
        if who != NOBODY:
            client.cookies.load(self.cookies[who])
        return client


def build() -> World:
    """Return the world, written into the database."""
    at = timezone.now()
    world = World()
    _places()
    owner = _agency(OWNER, "immigration")
    other = _agency(OTHER, "police")
    officers = {who: _officer(who, owner, at) for who in WHO if who != NOBODY}
    _agency(THIRD, "labour")
    stranger = _officer("analyst", other, at)
    for who, officer in officers.items():
        client = Client()
        client.force_login(officer, backend=BACKEND)
        world.cookies[who] = {name: morsel.value for name, morsel in client.cookies.items()}
        world.tokens[who] = _token(officer, at)
    records = _records(owner, officers["analyst"], at)
    records |= _oversight(owner, officers, records, at)
    records |= _agreements(owner, other, stranger, records, at)
    records |= _cases(owner, other, stranger, at)
    records |= _messages(owner, officers["analyst"], at)
    records |= _factors(owner, officers["analyst"], at)
    records |= _index(owner, stranger, at)
    records |= {
        "officer": officers["reporter"].pk,
        "colleague": officers["analyst"].pk,
        "session": OfficerSession.objects.filter(officer=officers["analyst"]).first().pk,
        "token": ApiToken.objects.filter(officer=officers["analyst"]).first().pk,
    }
    world.records = records
    world.arguments = {name: make(records) for name, make in BEHIND.items()}
    world.questions = {
        "use_detail": {"officer": officers["analyst"].ref, "agency": OWNER},
        "alert_new": {"event": records["event"]},
        "api:search_places": {"q": "silawan"},
        "map_vulnerability": {"kotak": "124,-10,126,-8", "zoom": "9"},
    }
    world.bodies = _bodies(records, at)
    return world


def _fresh(body: Any) -> Any:
    """Return the body with files that were not read yet."""
    return {
        name: SimpleUploadedFile("naskah.pdf", b"isi") if value is A_FILE else value for name, value in body.items()
    }


A_FILE = object()


def _bodies(records: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return what is sent to the doors that look at what is sent before they look at the role."""
    step = {"version": 1, "why": "Alasan yang ditulis lengkap"}
    later = (at.date() + timedelta(days=90)).isoformat()
    report = {"text": "Laporan lain tentang perekrutan di Silawan."}
    return {
        "api:send_report": report,
        "api:send_reports": [report],
        "api:acknowledge_alert": {"version": 1},
        "api:answer_referral": {"version": 1, "to": "accepted"},
        "request_answer": step | {"groups": ["kind"], "word": "approve"},
        "request_withdraw": step,
        "request_release": step,
        "hold_lift": step,
        "hold_review": step | {"review_on": later},
        "alert_new": {"event": records["event"]},
        "party_add": {"version": 1, "party": THIRD},
        "party_remove": {"version": 1},
        "signatory_add": {"version": 1, "party": records["party"], "position": "Kepala", "name": "Pejabat Uji"},
        "signatory_remove": {"version": 1},
        "second_word": {"approves": "no", "why": "Asas tidak memidana korban berlaku"},
        **dict.fromkeys(("instrument_suspend", "instrument_resume", "instrument_withdraw", "instrument_take_back", "clause_end"), step),
        "instrument_renew": step | {"until": later},
        "instrument_document": {"version": 1, "file": A_FILE},
        "clause_approve": {"version": 1, "position": "Kepala", "has_read": "on"},
        "plan_approve": {"version": 1},
        "assessment_end": {"why": "Modul tidak dipakai lagi"},
        "assessment_record": {
            "title": "Penilaian uji", "document": A_FILE, "approved_by": "Pejabat pelindungan data",
            "assessed_on": at.date().isoformat(),
        },
    }  # fmt: skip


def _factors(owner: Agency, analyst: Officer, at: datetime) -> dict[str, Any]:
    """A factor that waits for its approvals, with one column."""
    factor = Factor.objects.create(
        code="tanpa_sinyal",
        label="Tanpa sinyal",
        unit="persen",
        dimension="lack_of_protection",
        origin="imported",
        created_at=at,
    )
    version = FactorVersion.objects.create(
        factor=factor,
        owner=owner,
        number=1,
        indices="both",
        direction=1,
        transformation="none",
        rationale="Kabar terlambat.",
        source="PODES",
        source_date=at.date(),
        proposed_by=analyst.ref,
        proposed_at=at,
    )
    column = FactorColumn.objects.create(
        factor=factor,
        owner=owner,
        as_of=at.date(),
        source="PODES",
        scheme="kemendagri",
        checksum="0" * 64,
        packed=pack(np.array([5]), np.array([4.0])),
        villages=1,
        expected=1,
        imported_by=analyst.ref,
        imported_at=at,
    )
    return {"factor": factor.code, "factor_version": version.pk, "factor_column": column.pk}


def _index(owner: Agency, stranger: Officer, at: datetime) -> dict[str, Any]:
    """A weighting that waits, a run of one village, what the village was told and its objection."""
    weighting = Weighting.objects.create(
        owner=owner, index="tppo", number=1, weights={"tanpa_sinyal": 1.0}, concentration=50.0, why="Uji", proposed_by=stranger.ref,
        proposed_at=at,
    )  # fmt: skip
    about = {
        "code": "tanpa_sinyal", "label": "Tanpa sinyal", "unit": "persen", "dimension": "lack_of_protection", "direction": 1,
        "share": 1.0, "is_counted": False, "is_rate": False, "is_of_people": False, "source": "PODES", "known": 1,
        "as_of": at.date().isoformat(),
    }  # fmt: skip
    parameters = {"breaks": breaks(), "factors": [about], "draws": 20, "method": "uji", "version": "0", "left_out": []}
    run = IndexRun.objects.create(
        **_carried(owner, at), index="tppo", as_of=at.date(), weighting=weighting, state="done", requested_by=stranger.ref,
        requested_at=at, started_at=at, finished_at=at, parameters=parameters, villages=1, duration_s=1.0, digest="0" * 64,
    )  # fmt: skip
    one, pair = np.ones(1, dtype=np.uint32), np.ones((1, 2), dtype=np.uint32)
    arrays = {
        "places": np.array([Place.objects.get(level="village").pk], dtype=np.uint32), "lat": one * -9.0, "lon": one * 125.0,
        "score": one * 50.0, "rank": one, "position": one, "interval80": pair, "interval95": pair, "known_share": one * 1.0,
        "dimensions": np.full((1, 3), 50.0), "contributions": np.full((1, 1), 50.0), "values": np.full((1, 1), 4.0),
        "top": np.array([True]),
    }  # fmt: skip
    RunArray.objects.bulk_create(packed_rows(run, arrays))
    level = level_in_run(run, Place.objects.get(level="village"))
    assert level is not None
    sheet = VillageSheet.objects.create(
        **_carried(owner, at), run=run, index="tppo", as_of=run.as_of, told_at=at, told_by=owner, level=4,
        content=told_of(level, is_held_back=False),
    )  # fmt: skip
    objection = Objection.objects.create(
        **_carried(owner, at), sheet=sheet, index="tppo", text="Tidak benar.", objected_by=stranger.ref, objected_at=at
    )
    return {"weighting": weighting.pk, "indexrun": run.pk, "villagesheet": sheet.pk, "objection": objection.pk}


Behind = Callable[[dict[str, Any]], dict[str, Any]]


def _pk(record: str) -> Behind:
    return lambda records: {"pk": records[record]}


def _api(argument: str, record: str) -> Behind:
    return lambda records: {argument: records[record]}


def _in_case(part: str, record: str = "") -> Behind:
    return lambda records: {"pk": records["case"], part: records[record or part]}


BEHIND: dict[str, Behind] = {
    **dict.fromkeys(("report_detail", "event_add"), _pk("report")),
    **dict.fromkeys(
        (
            "event_detail", "event_confirm", "event_correct", "event_dismiss", "event_split", "event_merge", "merge_undo",
            "doubt_answer", "event_classify", "classification_withdraw", "information_report",
        ),
        _pk("event"),
    ),
    **dict.fromkeys(("finding_detail", "finding_dismiss"), _pk("finding")),
    "run_detail": _pk("run"),
    **dict.fromkeys(("watch_stop", "watch_thresholds", "threshold_propose", "threshold_return"), _pk("watch")),
    **dict.fromkeys(("corridor_detail", "corridor_watch", "corridor_end"), _pk("corridor")),
    **dict.fromkeys(("factor_detail", "factor_import"), lambda records: {"code": records["factor"]}),
    **dict.fromkeys(("factor_approve", "factor_refuse", "factor_withdraw"), _pk("factor_version")),
    "factor_column_withdraw": _pk("factor_column"),
    "indexrun_detail": _pk("indexrun"),
    "village_level": lambda _records: {"code": "53.04.02.2001"},
    **dict.fromkeys(("villagesheet_detail", "objection_make"), _pk("villagesheet")),
    **dict.fromkeys(("weighting_detail", "weighting_approve", "weighting_refuse"), _pk("weighting")),
    **dict.fromkeys(("objection_detail", "objection_answer"), _pk("objection")),
    "village_sheet_pdf": lambda _records: {"code": "53.04.02.2001"},
    "programme_month_pdf": lambda _records: {"code": "2026-01"},
    "programme_quarter_pdf": lambda _records: {"year": 2026, "quarter": 1},
    **dict.fromkeys(("threshold_accept", "threshold_refuse"), _pk("proposal")),
    **dict.fromkeys(
        (
            "alert_detail", "alert_acknowledge", "alert_verify", "alert_close", "alert_snooze", "alert_assign",
            "alert_escalate", "alert_ask", "alert_merge", "alert_mark", "service_note",
        ),
        _pk("alert"),
    ),
    "reporter_word": _pk("alert_word"),
    **dict.fromkeys(
        ("partner_detail", "partner_describe", "partner_status", "partner_officer"),
        lambda _records: {"code": "53.04.02.2001"},
    ),
    "partner_officer_end": lambda records: {"code": "53.04.02.2001", "pk": records["serving"]},
    **dict.fromkeys(("visit_detail", "visit_record", "visit_cancel"), _pk("visit")),
    "programme_month": lambda _records: {"code": "2026-03"},
    **dict.fromkeys(("plan_detail", "plan_add", "plan_propose", "plan_approve", "plan_withdraw"), _pk("plan")),
    "plan_line": _pk("plan_line"),
    **dict.fromkeys(("cap_download", "cap_message"), lambda records: {"pk": records["alert"], "step": "raised"}),
    **dict.fromkeys(("duty_hand_over", "duty_cancel"), _pk("shift")),
    "duty_minutes": _pk("handed_shift"),
    "ack_link": lambda _records: {"token": "none"},
    **dict.fromkeys(("trail_row", "trail_proof"), _pk("trail_row")),
    "use_detail": lambda _records: {"hint": "refusals"},
    **dict.fromkeys(("request_detail", "request_release", "request_withdraw"), _pk("request")),
    "request_file": _pk("released"),
    "request_answer": lambda records: {"pk": records["request"], "part": records["part"]},
    **dict.fromkeys(("hold_review", "hold_lift"), _pk("hold")),
    **dict.fromkeys(
        ("identity_detail", "identity_open", "identity_correct", "consent_record", "consent_withdraw", "identity_erase"),
        _pk("identity"),
    ),
    **dict.fromkeys(
        (
            "case_detail", "case_move", "case_close", "case_child_fact", "case_event_add", "case_agency_add", "case_leave",
            "case_note", "case_task_give", "case_milestone_record", "case_classify", "case_persons_add", "case_object_record",
        ),
        _pk("case"),
    ),
    **dict.fromkeys(("case_agency_share", "case_agency_leave"), _in_case("joined")),
    "case_milestone_withdraw": _in_case("milestone"),
    "case_classification_withdraw": _in_case("classification", "allegation"),
    **dict.fromkeys(
        ("case_person", "person_role", "person_age", "person_best_interest", "person_identify", "person_refer"),
        _in_case("person"),
    ),
    "second_word": _in_case("change"),
    "case_hand_over": _in_case("thing"),
    **dict.fromkeys(("case_hand_over_confirm", "hand_over_minutes"), _in_case("minutes")),
    **dict.fromkeys(("case_network", "case_followthemoney"), _pk("case")),
    **dict.fromkeys(("link_detail", "link_decide"), _pk("link")),
    "task_answer": _pk("task"),
    **dict.fromkeys(
        ("referral_detail", "referral_answer", "referral_revoke", "referral_consent_withdraw"), _pk("referral")
    ),
    "glass_review": _pk("glass"),
    "glass_break": lambda records: {"model": "event", "pk": records["others_event"]},
    "condition_list": lambda records: {"model": "event", "pk": records["event"]},
    "condition_withdraw": lambda records: {"model": "event", "pk": records["event"], "condition": records["condition"]},
    **dict.fromkeys(("assessment_record", "assessment_end"), lambda _records: {"module": "vault"}),
    **dict.fromkeys(
        (
            "instrument_detail", "instrument_correct", "instrument_document", "party_add", "signatory_add",
            "instrument_suspend", "instrument_resume", "instrument_withdraw", "instrument_renew", "clause_new",
        ),
        _pk("instrument"),
    ),
    "instrument_take_back": lambda records: {"pk": records["instrument"], "announced": records["instrument_change"]},
    "party_remove": lambda records: {"pk": records["instrument"], "party": records["party"]},
    "signatory_remove": lambda records: {"pk": records["instrument"], "signatory": records["signatory"]},
    **dict.fromkeys(
        ("clause_change", "clause_test", "clause_approve", "clause_end"),
        lambda records: {"pk": records["instrument"], "clause": records["clause"]},
    ),
    **dict.fromkeys(
        ("agency_detail", "agency_rename", "agency_close", "agency_position"), lambda _records: {"pk": OWNER}
    ),
    **dict.fromkeys(
        (
            "officer_detail", "officer_post", "officer_leave", "officer_revoke", "officer_password", "officer_sessions",
            "officer_second_factor", "officer_identity", "officer_identity_unlink",
        ),
        _pk("officer"),
    ),
    "notice_open": _pk("notice"),
    "browser_unsubscribe": _pk("browser"),
    **dict.fromkeys(
        ("channel_address", "channel_code", "channel_switch", "channel_remove"), lambda _records: {"channel": "email"}
    ),
    "outgoing_retry": _pk("dead_message"),
    **dict.fromkeys(("webhook_secret", "webhook_switch", "webhook_test"), _pk("webhook")),
    "gateway_report": lambda _records: {"channel": "sms", "what": "delivered"},
    "officer_token": lambda records: {"pk": records["colleague"], "token": records["token"]},
    "session_end": _pk("session"),
    "token_revoke": _pk("token"),
    "unseen": lambda _records: {"what": "instansi"},
    "place_detail": lambda _records: {"code": "53.04.02.2001"},
    "map_villages": lambda _records: {"z": 6, "x": 54, "y": 33},
    "account_confirm_email": lambda _records: {"key": "none"},
    "account_reset_password_from_key": lambda _records: {"uidb36": "a", "key": "none"},
    **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn"), lambda _records: {"pk": 1}),
    **dict.fromkeys(("openid_connect_login", "openid_connect_callback"), lambda _records: {"provider_id": "none"}),
    "api:get_report": _api("report_id", "report"),
    "api:get_event": _api("event_id", "event"),
    "api:get_finding": _api("finding_id", "finding"),
    **dict.fromkeys(("api:get_alert", "api:acknowledge_alert"), _api("alert_id", "alert")),
    "api:get_case": _api("case_id", "case"),
    **dict.fromkeys(("api:get_referral", "api:answer_referral"), _api("referral_id", "referral")),
    **dict.fromkeys(("api:get_place", "api:list_children"), lambda _records: {"code": "53.04.02.2001"}),
}  # fmt: skip
"""What stands behind each door whose address has something to fill in."""


def _places() -> None:
    above = None
    for key, (code, name, level) in enumerate(
        (("ID", "Indonesia", "country"), ("53", "Nusa Tenggara Timur", "province"), ("53.04", "Belu", "regency"),
         ("53.04.02", "Tasifeto Timur", "district"), ("53.04.02.2001", "Silawan", "village")),
        start=1,
    ):  # fmt: skip
        above = Place.objects.create(
            id=key, code=code, name=name, level=level, country="ID", parent=above, lat=-9, lon=125
        )
        PlaceCode.objects.create(place=above, scheme="kemendagri", code=code)
        for unit in range(1, key + 1):
            PlaceAncestor.objects.create(ancestor_id=unit, descendant_id=key, depth=key - unit)


def _agency(pk: str, kind: str) -> Agency:
    return Agency.objects.create(id=pk, name=pk, kind=kind, country="ID", level="regency")


def _officer(role: str, agency: Agency, at: datetime) -> Officer:
    officer = Officer.objects.create_user(username=f"{role}-{agency.pk}", password="sangat-rahasia-2026")
    Posting.objects.create(officer=officer, agency=agency, role=role, started_at=at - timedelta(days=30))
    return officer


def _token(officer: Officer, at: datetime) -> str:
    by = actor_for(officer, purpose="prevention", at=at)
    made = issue_token(
        officer=officer, name="uji", purpose="prevention", expires_at=at + timedelta(days=1), by=by, at=at
    )
    return made.secret


def _carried(owner: Agency, at: datetime, handling: str = "restricted") -> dict[str, Any]:
    return {
        "owner": owner, "place_id": 5, "handling": handling, "purpose": "prevention", "legal_basis": "UU 6/2011",
        "retain_until": at.date() + timedelta(days=400),
    }  # fmt: skip


def _event(owner: Agency, at: datetime) -> Event:
    return Event.objects.create(
        **_carried(owner, at), title="Kejadian uji", precision="day", known_at=at, happened_from=at.date()
    )


def _records(owner: Agency, analyst: Officer, at: datetime) -> dict[str, Any]:
    Kind.objects.create(code="TPPO", kind_class="offence", label_id="Perdagangan orang", label_en="Trafficking")
    event = _event(owner, at)
    report = Report.objects.create(
        **_carried(owner, at, "personal"), channel="paste", text="Laporan uji", checksum="a" * 64, original_checksum="a" * 64,
        received_at=at, received_by=analyst.ref,
    )  # fmt: skip
    ReadingRow.objects.create(
        **_carried(owner, at, "personal"), report=report, reader_version="uji", read_at=at,
        content={"grade": {"reliability": "B", "credibility": "2", "why": ""}, "reader_version": "uji"},
    )  # fmt: skip
    watch = Watch.objects.create(owner=owner, name="Pemantauan uji", created_at=at)
    run = WatchRun.objects.create(watch=watch, as_of=at.date(), state="done", purpose="prevention")
    corridor = Corridor.objects.create(
        owner=owner, name="Koridor uji", valid_from=at.date(), created_by=analyst.ref, created_at=at
    )
    posts = (Facility.objects.create(key=f"uji-{n}", name=f"Pos {n}", kind="plbn", country="ID") for n in range(2))
    for n, post in enumerate(posts):
        CorridorStop.objects.create(
            corridor=corridor, position=n, facility=post, label=post.name, lat=-9.0, lon=124.9 + n
        )
    proposal = ThresholdProposal.objects.create(
        watch=watch, stream="trafficking", share_now=1.0, share=0.5, period_from=date(2026, 1, 1), period_to=date(2026, 2, 1),
        kind="stricter", proposed_by=analyst.ref, proposed_at=at,
        evidence=asdict(Advice(
            kind="stricter", share_now=1.0, share=0.5, true=2, false=9, benign=1, others=0, unanswered=0, put_aside=0,
        )),
    )  # fmt: skip
    finding = Finding.objects.create(
        **_carried(owner, at), watch=watch, type="cluster", stream="trafficking", level="village",
        window_from=date(2026, 2, 1), window_to=date(2026, 2, 8), first_as_of=date(2026, 2, 8), last_as_of=date(2026, 2, 8),
        observed=6, expected=1.0, p_value=0.001, recurrence_days=1000.0,
    )  # fmt: skip
    alert = Alert.objects.create(
        **_carried(owner, at), event=event, addressee=owner, matter="crime", title="Peringatan uji", message="Periksa",
        raised_at=at, raised_by=analyst.ref, acknowledge_by=at, verify_by=at, decide_by=at,
    )  # fmt: skip
    word = ReporterWord.objects.create(
        alert=alert, report=report, what="question", text="Jam berapa?", at=at, by=analyst.ref, agency=owner.pk
    )
    identity = Identity.objects.create(
        **_carried(owner, at, "personal"), kind="reporter", mark="K7QD", about=report.ref, recorded_at=at,
        recorded_by=analyst.ref,
    )  # fmt: skip
    shift = DutyShift.objects.create(
        agency=owner, officer=analyst, starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=7), planned_at=at,
        planned_by=analyst.ref,
    )  # fmt: skip
    handed = DutyShift.objects.create(
        agency=owner, officer=analyst, starts_at=at - timedelta(hours=9), ends_at=at - timedelta(hours=1), planned_at=at,
        planned_by=analyst.ref, state=DutyShift.State.HANDED_OVER, handed_over_at=at - timedelta(hours=2),
    )  # fmt: skip
    DutyShift.objects.create(
        agency=owner, officer=analyst, starts_at=at - timedelta(hours=2), ends_at=at - timedelta(hours=1), planned_at=at,
        planned_by=analyst.ref, received_from=handed,
    )  # fmt: skip
    village = PartnerVillage.objects.create(
        **_carried(owner, at, "open"),
        status="designated",
        decree_number="1/2026",
        changed_at=at,
        changed_by=analyst.ref,
    )
    serving = PartnerOfficer.objects.create(
        village=village, officer=analyst, served_from=at.date(), assigned_at=at, assigned_by=analyst.ref
    )
    visit = Visit.objects.create(
        **_carried(owner, at, "shared"), village=village, planned_on=at.date(), officer=analyst, planned_by=analyst.ref,
        planned_at=at, changed_by=analyst.ref, changed_at=at,
    )  # fmt: skip
    return {
        "serving": serving.pk, "partnervillage": village.pk, "visit": visit.pk, **_plan(owner, at),
        "handed_shift": handed.pk, "shift": shift.pk, "event": event.pk, "report": report.pk, "run": run.pk, "finding": finding.pk, "alert": alert.pk,
        "identity": identity.pk, "watch": watch.pk, "proposal": proposal.pk, "corridor": corridor.pk, "alert_word": word.pk,
    }  # fmt: skip


def _oversight(owner: Agency, officers: dict[str, Officer], records: dict[str, Any], at: datetime) -> dict[str, Any]:
    by = actor_for(officers["analyst"], purpose="prevention", at=at)
    trail.note_look(Trail.RECORD_READ, by=by, at=at, on=f"event:{records['event']}")
    row = TrailRow.objects.get(event=Trail.RECORD_READ)
    sealing.seal_all(clock=lambda: at)
    asking = {
        "desk": owner, "asker": "Pengadilan", "letter": "1/2026", "legal_basis": "KUHAP", "purpose": "investigation",
        "why": "Perkara", "due_on": at.date(), "registered_by": officers["analyst"].ref, "registered_at": at,
    }  # fmt: skip
    request = OutsideRequest.objects.create(**asking)
    part = RequestedPart.objects.create(
        request=request, owner=owner, category="events", groups=["kind"], records=[f"event:{records['event']}"]
    )
    released = OutsideRequest.objects.create(**asking, state="released", ended_at=at)
    Release.objects.create(
        request=released, at=at, by="officer:1", filename="a.json", checksum="c" * 64, rows={}, content=b"{}",
        keep_until=at.date(),
    )  # fmt: skip
    hold = LegalHold.objects.create(
        owner=owner, category="events", why="Perkara", legal_basis="PN 3/2026", placed_by=officers["leader"].ref, placed_at=at,
        reviewer=officers["overseer"], review_on=at.date(),
    )  # fmt: skip
    return {
        "trail_row": row.pk, "request": request.pk, "part": part.pk, "released": released.pk, "hold": hold.pk,
    }  # fmt: skip


def _messages(owner: Agency, analyst: Officer, at: datetime) -> dict[str, Any]:
    webhook = WebhookEndpoint(agency=owner, name="SIM", url="https://sistem.test/", made_at=at, made_by="officer:1")
    webhook.secret_sealed = message_sealing.sealed(b"x" * 32, of=webhook.ref)
    webhook.save()
    carried = {"topic": "alert.raised", "agency": owner, "handling": "restricted", "put_at": at}
    notice = Message.objects.create(**carried, key="1", channel="inapp", officer=analyst, state="delivered")
    dead = Message.objects.create(
        **carried, key="2", channel="webhook", endpoint=webhook, state="dead", last_error="tidak menjawab"
    )
    browser = PushSubscription.objects.create(
        officer=analyst, endpoint="https://push.test/1", fingerprint="a" * 64, p256dh="x", auth="y", made_at=at
    )
    return {"webhook": webhook.pk, "notice": notice.pk, "dead_message": dead.pk, "browser": browser.pk}


def _agreements(
    owner: Agency, other: Agency, stranger: Officer, records: dict[str, Any], at: datetime
) -> dict[str, Any]:
    ImpactAssessment.objects.create(
        module="vault", title="Penilaian uji", document_name="uji.pdf", document_checksum="a" * 64,
        assessed_on=date(2026, 1, 1), approved_by="Pejabat", recorded_by="officer:1", recorded_at=at - timedelta(days=9),
    )  # fmt: skip
    instrument = Instrument.objects.create(
        kind="pks", title="PKS uji", recorded_by=owner, recorded_at=at, in_force_from=at.date(), document=b"isi",
        document_name="pks.pdf", document_checksum="b" * 64,
    )  # fmt: skip
    party = InstrumentParty.objects.create(instrument=instrument, agency=owner)
    InstrumentParty.objects.create(instrument=instrument, agency=other)
    signatory = Signatory.objects.create(party=party, name="Pejabat Uji", position="Kepala")
    change = InstrumentChange.objects.create(
        instrument=instrument, what="suspended", effective_at=at + timedelta(days=9), why="Evaluasi", agency=owner,
        by=stranger.ref, at=at,
    )  # fmt: skip
    clause = Clause.objects.create(
        instrument=instrument, number=1, giver=other, receiver=owner, releases={"events": {"kind": "full"}},
        purposes=["prevention"], is_everywhere=True, drafted_by="officer:1", drafted_at=at,
    )  # fmt: skip
    others = _event(other, at)
    grant = Grant.objects.create(
        category="events", record=records["event"], agency=other, valid_from=at - timedelta(hours=5),
        valid_to=at - timedelta(hours=2), cause="break_glass", because="break_glass:1",
    )  # fmt: skip
    glass = BreakGlass.objects.create(
        grant=grant, owner=owner, officer=stranger.ref, reason="Nyawa terancam", opened_at=at - timedelta(hours=5),
        review_by=at + timedelta(hours=43),
    )  # fmt: skip
    condition = ConditionMet.objects.create(
        category="events", record=records["event"], condition="consent", document="Surat 1", valid_from=at,
        recorded_by=stranger.ref,
    )  # fmt: skip
    return {
        "instrument": instrument.pk, "party": party.pk, "signatory": signatory.pk, "instrument_change": change.pk,
        "clause": clause.pk,
        "others_event": others.pk, "glass": glass.pk, "condition": condition.pk,
    }  # fmt: skip


def _cases(owner: Agency, other: Agency, stranger: Officer, at: datetime) -> dict[str, Any]:
    """A case that the owner leads and another agency supports, with one of each of its parts, and a referral."""
    ImpactAssessment.objects.create(
        module="cases", title="Penilaian uji", document_name="uji.pdf", document_checksum="a" * 64,
        assessed_on=date(2026, 1, 1), approved_by="Pejabat", recorded_by="officer:1", recorded_at=at - timedelta(days=9),
    )  # fmt: skip
    case = Case.objects.create(
        **_carried(owner, at, "personal"), title="Perkara uji", opened_at=at, opened_by=stranger.ref
    )
    joined = CaseAgency.objects.create(
        case=case, agency=other, groups=["kind"], why="uji", joined_at=at, joined_by=stranger.ref
    )
    milestone = CaseMilestone.objects.create(
        case=case, code="LI", on=at.date(), document="LI/1", agency=OWNER, recorded_at=at, recorded_by=stranger.ref
    )
    classification = CaseClassification.objects.create(
        case=case, offence_id="TPPO", act_on=at.date(), why="uji", agency=OWNER, alleged_by=stranger.ref, alleged_at=at
    )
    person = CasePerson.objects.create(
        case=case, role="victim", first_role="victim", mark="A", purpose="investigation", legal_basis="UU 21/2007",
        added_at=at, added_by=stranger.ref,
    )  # fmt: skip
    change = RoleChange.objects.create(
        person=person, from_role="victim", to_role="suspect", offence="ENTRY", reason="uji", legal_reason="uji",
        needs_second_word=True, state="awaited", agency=OWNER, asked_at=at, asked_by=stranger.ref,
    )  # fmt: skip
    thing = CaseObject.objects.create(
        case=case, what="Perahu", quantity=1, unit="buah", holder=other, taken_at=at, taken_where="dermaga",
        recorded_at=at, recorded_by=stranger.ref,
    )  # fmt: skip
    alike = CaseObject.objects.create(
        case=case, what="Perahu itu lagi", quantity=1, unit="buah", holder=other, taken_at=at, taken_where="dermaga",
        recorded_at=at, recorded_by=stranger.ref,
    )  # fmt: skip
    run = LinkageRun.objects.create(
        agency=owner, purpose="investigation", legal_basis="UU 21/2007", reason="uji", at=at, by=stranger.ref, role="case_officer",
        persons=0, things=2, found=1, weights_as_of=at.date(), weights_source="uji", retain_until=date(2031, 1, 1),
    )  # fmt: skip
    link = CandidateLink.objects.create(
        agency=owner, run=run, kind="thing", left=min(thing.pk, alike.pk), right=max(thing.pk, alike.pk), probability=0.9,
        agreements=[["number", "shared", 19.8]],
    )  # fmt: skip
    minutes = HandOver.objects.create(
        object=thing, giver=other, receiver=owner, where="kantor", at=at, quantity=1, condition="utuh", document="BA/1",
        recorded_at=at, recorded_by=stranger.ref, agency=OTHER,
    )  # fmt: skip
    task = CaseTask.objects.create(
        case=case, giver=owner, agency=owner, what="Periksa", given_at=at, given_by=stranger.ref
    )
    referral = Referral.objects.create(
        **_carried(owner, at, "personal"), case=case, person=person, subject="Korban A", receiver=other, service="shelter",
        needs="Tempat tinggal", scope=["kind"], consent_by="vital", vital_why="luka", sent_at=at, sent_by=stranger.ref,
        answer_by=at + timedelta(hours=24),
    )  # fmt: skip
    return {
        "case": case.pk, "joined": joined.pk, "milestone": milestone.pk, "allegation": classification.pk, "person": person.pk,
        "change": change.pk, "thing": thing.pk, "minutes": minutes.pk, "task": task.pk, "referral": referral.pk,
        "link": link.pk,
    }  # fmt: skip


def _plan(owner: Agency, at: datetime) -> dict[str, Any]:
    """A plan that waits for the leader's word, with one line."""
    plan = Plan.objects.create(
        owner=owner, month=date(2026, 4, 1), index="tppm", run=ABSENT, run_as_of=date(2026, 3, 1), origin_id=3, hours=20,
        designations=1, assumptions={"designation_hours": 8.0}, villages=1, without_point=0, value=1, upper_bound=1, warned_before=0,
        warned_after=1, state=Plan.State.PROPOSED, made_by="officer:a", made_at=at, proposed_by="officer:a", proposed_at=at,
        retain_until=date(2031, 3, 4),
    )  # fmt: skip
    line = plan.lines.create(
        place_id=5, position=1, visits=0, is_designation=True, hours=3, computed_visits=0, computed_designation=True
    )
    return {"plan": plan.pk, "plan_line": line.pk}
