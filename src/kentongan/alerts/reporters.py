"""The way back to whoever reported: a question, or what became of it. Who that is stands with the report and is shown to nobody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kentongan.agencies.models import Officer
from kentongan.agreements.access import not_visible
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import EventReport
from kentongan.intake.models import Report
from kentongan.kit.errors import KentonganError
from kentongan.messages.actions import put

from . import news, queries
from .models import Alert, ReporterWord

OWN_CHANNELS = (Report.Channel.FIELD_FORM, Report.Channel.NIL_FORM, Report.Channel.API)
"""Ways by which somebody reports in their own name; what others paste, upload or import names no account of its reporter."""

TOLD_BY = ("inapp", "push", "email", "sms", "whatsapp")
ANSWERED = "alert.answered"
TOPICS = {ReporterWord.What.QUESTION: "report.question", ReporterWord.What.RESULT: "report.result"}


class AnsweredAlready(KentonganError):
    """A question is answered once."""

    code = "alerts.answered_already"


class AnswerMissing(KentonganError):
    """There is a question, and an answer has words."""

    code = "alerts.answer_missing"


def reachable(alert: Alert) -> list[tuple[Report, Officer]]:
    """Return the reports behind the alert, and behind those merged into it, whose reporters serve and can be told.

    An alert on a finding rests on counts of many reports, so there is nobody to ask.
    """
    events = Alert.objects.filter(pk__in=[alert.pk, *(one.pk for one in queries.absorbed_by(alert))]).values("event")
    links = EventReport.objects.filter(event__in=events, unlinked_at__isnull=True, report__channel__in=OWN_CHANNELS)
    reports = [link.report for link in links.select_related("report").order_by("report__received_at", "report_id")]
    keys = {report.received_by.removeprefix("officer:") for report in reports if _is_officer(report)}
    serving = Officer.objects.filter(is_active=True, postings__ended_at__isnull=True).distinct()
    there = {officer.ref: officer for officer in serving.filter(pk__in=keys).prefetch_related("postings")}
    return [
        (report, officer)
        for report in {report.pk: report for report in reports}.values()
        if (officer := there.get(report.received_by)) and _serves(officer, report.owner_id)
    ]


def tell(alert: Alert, what: ReporterWord.What, text: str, *, by: Actor, at: datetime) -> list[ReporterWord]:
    """Every reporter who can be reached has the words, behind a link; where nobody can, that is on record."""
    reached = reachable(alert)
    said = {"alert": alert, "what": what, "text": text.strip()[:500], "at": at, "by": by.ref, "agency": by.agency}
    words = ReporterWord.objects.bulk_create(
        [ReporterWord(report=report, **said) for report, _officer in reached] or [ReporterWord(report=None, **said)]
    )
    for word, (_report, officer) in zip(words, reached, strict=False):  # where nobody was reached, nobody is told
        _put(word, officer, at=at)
    event = Trail.REPORTER_ASKED if what == ReporterWord.What.QUESTION else Trail.REPORTER_TOLD
    trail.record(event, by=by, at=at, on=alert.ref, facts={"reached": len(reached)})
    return words


def word_to(actor: Actor, pk: UUID) -> ReporterWord:
    """Return the word if the actor sent the report it goes to and still serves there; else NotVisible."""
    word = (
        ReporterWord.objects.select_related("report")
        .filter(pk=pk, report__received_by=actor.ref, report__owner=actor.agency)
        .first()
    )
    if word is None:
        raise not_visible()
    return word


@transaction.atomic
def answer(*, word: ReporterWord, text: str, by: Actor, at: datetime) -> None:
    """The reporter has answered the question, once, and whoever asked is told."""
    word = word_to(by, word.pk)
    if not text.strip() or word.what != ReporterWord.What.QUESTION:
        raise AnswerMissing(_("Tuliskan jawaban Anda."))
    if not ReporterWord.objects.filter(pk=word.pk, answered_at__isnull=True).update(
        answer=text.strip()[:1000], answered_at=at
    ):
        raise AnsweredAlready(_("Pertanyaan ini sudah dijawab."))
    trail.record(Trail.REPORTER_ANSWERED, by=by, at=at, on=word.ref)
    news.desks_changed(word.alert, at=at)
    asker = Officer.objects.filter(pk=word.by.removeprefix("officer:")).first()
    if asker is not None:
        with translation.override("id"):
            subject = _("Pelapor sudah menjawab pertanyaan Anda")
        put(
            to=asker, channels=("inapp", "push"), topic=ANSWERED, subject=subject, body="",
            link=reverse("alert_detail", args=[word.alert_id]), about=word.ref, key=f"answered:{word.pk}",
            handling="restricted", at=at,
        )  # fmt: skip


def _put(word: ReporterWord, officer: Officer, *, at: datetime) -> None:
    with translation.override("id"):  # the title says nothing of the record, so it may stand in the list of notices
        subject = (
            _("Ada pertanyaan tentang laporan Anda")
            if word.what == ReporterWord.What.QUESTION
            else _("Ada kabar tentang laporan Anda")
        )
    put(
        to=officer, channels=TOLD_BY, topic=TOPICS[ReporterWord.What(word.what)], subject=subject, body="",
        link=reverse("reporter_word", args=[word.pk]), about=word.ref, key=f"word:{word.pk}", handling="restricted", at=at,
    )  # fmt: skip


def _is_officer(report: Report) -> bool:
    return report.received_by.startswith("officer:") and len(report.received_by) == len("officer:") + 36


def _serves(officer: Officer, agency: str) -> bool:
    return any(posting.agency_id == agency and posting.ended_at is None for posting in officer.postings.all())


def words_to(actor: Actor) -> QuerySet[ReporterWord]:
    """Return what was asked of or told to the actor on the reports that the actor sent and whose agency it still serves, the latest first."""
    mine = ReporterWord.objects.filter(report__received_by=actor.ref, report__owner=actor.agency)
    return mine.select_related("report").order_by("-at", "-id")
