"""What happened to an alert in one line of time: its steps, what was said of it, who was told by which way, and the reporter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kentongan.agreements.facts import Actor
from kentongan.messages.models import Message
from kentongan.messages.rules import Channel

from . import labels, telling
from .models import Alert, AlertNote, LadderStep, ReporterWord
from .queries import names_of_actors, names_of_agencies
from .showing import Rung, Told, Way, roles_of, way_of


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: what, when, by whom for which agency, what was said, and who was told of it."""

    at: datetime
    what: str
    by: str = ""
    agency: str = ""
    said: str = ""
    detail: str = ""
    until: datetime | None = None
    told: tuple[Told, ...] = ()
    ways: tuple[Way, ...] = ()
    is_state: bool = False


def timeline_of(alert: Alert, actor: Actor, rungs: Iterable[Rung]) -> list[Moment]:
    """Return everything on record, the first first. Who sees a part of the alert only, reads of the own agency's people only."""
    is_whole = alert.release is None
    steps, notes = list(alert.steps.all()), list(alert.notes.all())
    words = list(alert.reporter_words.all()) if is_whole else []
    messages = Message.objects.filter(about__in=[alert.ref, *(word.ref for word in words)]).order_by("put_at", "id")
    loose = list(messages if is_whole else messages.filter(agency=actor.agency))
    signed: list[tuple[str, str]] = [
        *((step.by, step.agency) for step in steps),
        *((note.by, note.agency) for note in notes),
        *((word.by, word.agency) for word in words),
    ]
    record = _Record(
        names_of_actors([*(by for by, _agency in signed), *(note.whom for note in notes), *_refs(loose)]),
        names_of_agencies([*(agency for _by, agency in signed), *(m.agency_id for m in loose)]),
        roles_of(_refs(loose)),
        loose,
    )
    moments = [
        *(
            Moment(
                step.at, labels.word(labels.STEPS, step.state), record.name(step.by), record.agency(step.agency), step.note,
                is_state=True,
            )
            for step in steps
        ),
        *(record.note(note) for note in notes),
        *(record.rung(rung) for rung in rungs if rung.step.state == LadderStep.State.DONE),
        *(moment for word in words for moment in record.word(word)),
    ]  # fmt: skip
    return sorted(moments, key=lambda moment: moment.at)


def _refs(messages: Iterable[Message]) -> list[str]:
    return [f"officer:{message.officer_id}" for message in messages if message.officer_id]


@dataclass(frozen=True, slots=True)
class _Record:
    names: dict[str, str]
    agencies: dict[str, str]
    roles: dict[str, str]
    messages: list[Message]

    def name(self, ref: str) -> str:
        return self.names.get(ref, ref)

    def agency(self, key: str) -> str:
        return self.agencies.get(key, key)

    def note(self, note: AlertNote) -> Moment:
        """Return a note; of an assignment with the way of the message about it."""
        ways = [m for m in self._of(telling.ASSIGNED, note.at) if f"officer:{m.officer_id}" == note.whom]
        to = _("kepada %(officer)s") % {"officer": self.name(note.whom)} if note.whom else ""
        return Moment(
            note.at, labels.word(labels.NOTES, note.what), self.name(note.by), self.agency(note.agency), note.note, to,
            until=note.until, ways=tuple(way_of(m) for m in ways),
        )  # fmt: skip

    def rung(self, rung: Rung) -> Moment:
        """Return a step of the ladder that acted, with the agencies' own systems that were told beside the officers."""
        systems = [
            Told(_("sistem instansi"), "", self.agency(m.agency_id), "", False, (way_of(m),))
            for m in self.messages
            if m.channel == Channel.WEBHOOK and m.key.startswith(f"ladder:{rung.step.pk}:")
        ]
        at = rung.step.ended_at or rung.step.due_at
        return Moment(at, rung.kind, detail=rung.whom, told=(*rung.told, *systems))

    def word(self, word: ReporterWord) -> Iterator[Moment]:
        """Yield what went to a reporter, whoever that is, and what came back; or that nobody could be reached."""
        asked = [m for m in self.messages if m.about == word.ref and m.topic.startswith("report.")]
        senders = self._of(telling.QUESTION, word.at) if word.report_id is None else []
        nobody = _("tidak dapat disampaikan: tidak ada pelapor yang terjangkau lewat Kentongan")
        detail = "" if word.report_id else _("pengirim diberi tahu") if senders else nobody
        yield Moment(
            word.at, labels.word(labels.WORDS_TO_REPORTER, word.what), self.name(word.by), self.agency(word.agency),
            word.text, detail, ways=tuple(way_of(m) for m in asked), told=tuple(map(self._told, senders)),
        )  # fmt: skip
        if word.answered_at is not None:
            yield Moment(word.answered_at, _("pelapor menjawab"), said=word.answer)

    def _of(self, topic: str, at: datetime) -> list[Message]:
        return [message for message in self.messages if message.topic == topic and message.put_at == at]

    def _told(self, message: Message) -> Told:
        ref = f"officer:{message.officer_id}"
        return Told(
            self.name(ref), self.roles.get(ref, ""), self.agency(message.agency_id), "", False, (way_of(message),)
        )
