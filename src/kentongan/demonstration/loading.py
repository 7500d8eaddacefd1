"""Letting the simulated world happen: every report goes through the same deeds as a real one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from importlib import resources
from itertools import groupby

import numpy as np
from django.db import transaction

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agencies.rules import Console
from kentongan.agencies.staff import create_officer
from kentongan.agreements.access import actor_for
from kentongan.agreements.facts import Actor
from kentongan.agreements.modules import AssessmentDraft, is_on, record_assessment
from kentongan.audit import outbox
from kentongan.cases.rules import MODULE as CASES
from kentongan.events import actions as events
from kentongan.events import tasks as events_tasks
from kentongan.events.actions.versions import facts_of
from kentongan.events.models import Event
from kentongan.intake.actions import receive
from kentongan.intake.drafts import ReportDraft, ReporterDraft
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.periods import WIB, monday_of
from kentongan.vault.rules import MODULE as VAULT
from kentongan.vault.rules import IdentityFields
from kentongan.vocabulary.models import Kind

from . import texts
from .accounts import ACCOUNTS
from .scenario import KINDS, Happening, SimulatedReport, World

READ_AFTER = timedelta(minutes=2)
PURPOSE = "prevention"
SAMPLE_OFFICES = {
    "1": "ditjenim",
    "2": "ditjenim",
    "3": "kanim-serang",
    "4": "kanim-atambua",
    "5": "kanim-atambua",
    "6": "ditjenim",
}

REPORTED = (
    "Seorang tak dikenal menawarkan kerja ke luar negeri tanpa kontrak kepada tiga orang warga Desa Silawan, "
    "Kabupaten Belu, {day}. Pelapor bersedia ditanya lagi."
)
REPORTER = ReporterDraft(
    IdentityFields("Pelapor Contoh", "lewat kepala dusun, sore hari", "dekat balai desa", "tetangga"), consents=True
)
"""Nobody: words that show what the vault keeps."""

CHECKED = "diperiksa pada teks laporan"
_KINDS_OF_OTHER_STREAMS = {
    stream: {kind for other, kinds in KINDS.items() if other != stream for kind, _share in kinds} for stream in KINDS
}

Progress = Callable[[int, int], None]


@dataclass
class Offices:
    """The simulated officers that receive, confirm and join for each office."""

    at: datetime
    actors: dict[str, Actor] = field(default_factory=dict)

    def analyst(self, office: str) -> Actor:
        """Return the simulated analyst of the office."""
        if office not in self.actors:
            officer = _officer(f"simulasi.{office}", f"Analis simulasi {office}", office, "analyst", self.at)
            self.actors[office] = actor_for(officer, purpose=PURPOSE, at=self.at)
        return self.actors[office]

    def somebody(self, office: str, role: str) -> Actor:
        """Return a simulated officer of the office in another role."""
        known = f"{office}.{role}"
        if known not in self.actors:
            officer = _officer(
                f"simulasi.{office}.{role}", f"Petugas simulasi {office} ({role})", office, role, self.at
            )
            self.actors[known] = actor_for(officer, purpose=PURPOSE, at=self.at)
        return self.actors[known]


def open_accounts(passwords: dict[str, str], *, at: datetime) -> None:
    """Every demonstration account can sign in with its password."""
    for account in ACCOUNTS:
        password = passwords[account.username]
        name = f"{account.does[:1].upper()}{account.does[1:]}"[:160]
        officer = _officer(account.username, name, account.agency, account.role, at, password=password)
        if not officer.check_password(password):
            officer.set_password(password)
            officer.must_change_password = False
            officer.save(update_fields=["password", "must_change_password"])


def _officer(username: str, full_name: str, agency: str, role: str, at: datetime, *, password: str = "") -> Officer:
    """Return the officer, who without a password cannot sign in."""
    known = Officer.objects.filter(username=username).first()
    if known is not None:
        return known
    made = create_officer(
        username=username, full_name=full_name, agency=Agency.objects.get(pk=agency), role=role, by=Console(), at=at,
        password=password,
    ).officer  # fmt: skip
    made.must_change_password = False
    if not password:
        made.set_unusable_password()
    made.save(update_fields=["password", "must_change_password"])
    Posting.objects.filter(officer=made).update(started_at=at)
    return made


def let_happen(world: World, offices: Offices, *, progress: Progress) -> int:
    """Receive, read and confirm all of the world's reports week by week; return how many were new. A second time adds nothing."""
    rng = np.random.default_rng([world.seed, 7])
    new = done = 0
    for _week, reports in groupby(world.reports, key=lambda report: monday_of(report.received_at.date())):
        batch = list(reports)
        with transaction.atomic():
            new += sum(_let_one_happen(report, offices, rng) for report in batch)
        done += len(batch)
        progress(done, len(world.reports))
    return new


def _let_one_happen(report: SimulatedReport, offices: Offices, rng: np.random.Generator) -> bool:
    analyst = offices.analyst(report.office)
    hours = float(rng.uniform(1, 36))
    received = receive(draft=_draft(report), by=analyst, at=report.received_at)
    if not received.is_new:
        return False
    read_at = report.received_at + READ_AFTER
    outbox.drain(events_tasks.CONSUMERS, worker="demonstration", clock=lambda: read_at)
    if report.happening is not None:
        proposed = Event.objects.filter(
            evidence__report=received.report, evidence__unlinked_at__isnull=True, state=Event.State.PROPOSED
        ).distinct()
        _judge(list(proposed), report, analyst, report.received_at + timedelta(hours=hours))
    return True


def _judge(proposed: Sequence[Event], report: SimulatedReport, analyst: Actor, at: datetime) -> None:
    happening = report.happening
    assert happening is not None  # noqa: S101 - the caller's condition, for the type checker
    if not proposed:
        return
    first, *others = proposed
    for other in others:
        events.dismiss(event=other, version=other.version, by=analyst, at=at, reason="bukan kejadian tersendiri")
    version = _set_right(first, happening, analyst, at)
    first.refresh_from_db()
    events.confirm(event=first, version=version, by=analyst, at=at)


def _set_right(event: Event, happening: Happening, analyst: Actor, at: datetime) -> int:
    """Correct what the machine read otherwise than it happened, as an officer who knows the village would; return the version."""
    held = facts_of(event)
    day = happening.day
    right = replace(
        held,
        place_id=happening.village.key,
        happened_from=day,
        happened_to=day + timedelta(days=1),
        precision=Event.Precision.DAY,
    )
    if right != held:
        event = events.correct(event=event, version=event.version, changes=right, by=analyst, at=at, reason=CHECKED)
    standing = list(event.classifications.filter(withdrawn_at__isnull=True))
    if happening.kind not in {one.kind_id for one in standing}:
        kind = Kind.objects.get(pk=happening.kind)
        events.classify(event=event, version=event.version, kind=kind, why=CHECKED, by=analyst, at=at)
        event.refresh_from_db()
    for one in standing:
        if one.kind_id in _KINDS_OF_OTHER_STREAMS[happening.stream]:
            event = events.withdraw_classification(
                classification=one, version=event.version, by=analyst, at=at, why=CHECKED
            )
            event.refresh_from_db()
    return event.version


def _draft(report: SimulatedReport) -> ReportDraft:
    is_nil = report.covers_from is not None
    return ReportDraft(
        channel="nil_form" if is_nil else ("paste" if report.is_second else "field_form"),
        text=report.text,
        title=report.title,
        source=report.source,
        idempotency_key=report.key,
        place_id=report.village.key,
        is_nil=is_nil,
        covers_from=report.covers_from,
        covers_to=report.covers_from + timedelta(days=7) if report.covers_from else None,
        is_simulated=True,
    )


def samples(ends: date) -> Iterator[tuple[str, str, str]]:
    """Yield (name, office, text) of the sample texts, dated in the days before the end."""
    slots: dict[str, str] = {}
    for ago in range(1, 10):
        day = ends - timedelta(days=ago)
        slots[f"panjang_{ago}"] = texts.written_day(day)
        slots[f"pendek_{ago}"] = f"{texts.DAYS[day.weekday()]} ({day.day}/{day.month}/{day.year})"
        slots[f"angka_{ago}"] = f"{day:%d/%m/%Y}"
    folder = resources.files("kentongan.demonstration").joinpath("samples")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".txt"):
            yield file.name, SAMPLE_OFFICES[file.name[0]], file.read_text(encoding="utf-8").format_map(slots)


def leave_samples(ends: date, offices: Offices, *, at: datetime) -> int:
    """The sample texts wait in the queue, read and not yet judged; return how many were new."""
    new = 0
    with transaction.atomic():
        for name, office, text in samples(ends):
            draft = ReportDraft(
                channel="paste",
                text=text,
                source="Kabar Simulasi",
                idempotency_key=f"sim-contoh-{name}",
                is_simulated=True,
            )
            new += receive(draft=draft, by=offices.analyst(office), at=at).is_new
        outbox.drain(events_tasks.CONSUMERS, worker="demonstration", clock=lambda: at)
    return new


def leave_reporter(ends: date, offices: Offices, *, at: datetime) -> None:
    """The vault holds the identity that came with one simulated report."""
    draft = ReportDraft(
        channel="field_form",
        text=REPORTED.format(day=texts.written_day(ends - timedelta(days=2))),
        source="pelapor",
        idempotency_key="sim-pelapor-1",
        is_simulated=True,
    )
    with transaction.atomic():
        receive(draft=draft, reporter=REPORTER, by=offices.analyst(SAMPLE_OFFICES["4"]), at=at)
        outbox.drain(events_tasks.CONSUMERS, worker="demonstration", clock=lambda: at)


def switch_modules_on(offices: Offices, *, at: datetime) -> None:
    """The vault and the cases are on by simulated assessments."""
    officer = _officer("simulasi.pengawas", "Pengawas simulasi", "ditjenim", "overseer", offices.at)
    overseer = actor_for(officer, purpose="oversight", at=at)
    for module, called in ((VAULT, "brankas"), (CASES, "perkara")):
        if not is_on(module, at=at):
            record_assessment(module=module, draft=_simulated_assessment(called, at), by=overseer, at=at)


def _simulated_assessment(called: str, at: datetime) -> AssessmentDraft:
    title = f"SIMULASI: penilaian dampak {called}, hanya untuk demonstrasi"
    return AssessmentDraft(
        title=title,
        document_name="simulasi.txt",
        document_checksum=sha256_hex(title.encode()),
        assessed_on=at.astimezone(WIB).date(),
        approved_by="Pejabat pelindungan data simulasi",
    )
