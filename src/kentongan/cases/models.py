"""What is done about a warning: cases with their workspaces and tasks, what is alleged, who and what is in them, referrals."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id

from . import people


class AppendOnly(KentonganError):
    """What was written into the chain of custody is not changed."""

    code = "cases.append_only"


class Case(ProtectedRow):
    """One matter, owned by its lead agency. Others see what the lead shares with them, and their own workspace."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("dibuka")
        WORKING = "working", gettext_lazy("dikerjakan")
        WAITING = "waiting", gettext_lazy("menunggu pihak lain")
        CLOSED = "closed", gettext_lazy("ditutup")

    class Result(models.TextChoices):
        CONVICTED = "convicted", gettext_lazy("diputus bersalah")
        ACQUITTED = "acquitted", gettext_lazy("diputus bebas atau lepas")
        STOPPED = "stopped", gettext_lazy("penyidikan dihentikan")
        ADMINISTRATIVE = "administrative", gettext_lazy("selesai dengan tindakan administratif")
        PREVENTED = "prevented", gettext_lazy("dicegah sebelum terjadi")
        HANDED_OVER = "handed_over", gettext_lazy("dilimpahkan ke instansi lain")
        UNFOUNDED = "unfounded", gettext_lazy("tidak terbukti ada peristiwa")
        DUPLICATE = "duplicate", gettext_lazy("sama dengan perkara lain")

    number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    alert = models.ForeignKey("alerts.Alert", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey("events.Event", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    has_child_victims = models.BooleanField(default=False)  # a fact of the case, of nobody in particular
    awaited_body = models.CharField(max_length=200, blank=True)  # who is waited for, also a body outside
    waiting_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, choices=Result.choices, blank=True)
    result_why = models.CharField(max_length=500, blank=True)
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["owner", "state", "-opened_at"], name="cases_of_owner_by_state")]  # the list
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.UniqueConstraint(fields=["owner", "number"], condition=~Q(number=""), name="case_number_once"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(result="") & ~Q(result_why="") & Q(closed_at__isnull=False)),
                name="closed_case_has_result_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", waiting_since__isnull=False) & ~Q(awaited_body="")
                | ~Q(state="waiting") & Q(waiting_since__isnull=True, awaited_body=""),
                name="waiting_case_says_for_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CaseSeries(models.Model):
    """How many numbers an agency has given to cases, or to referrals, in a year."""

    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "what", "year"], name="one_case_series_a_year")]


class CaseStep(models.Model):
    """One change of a case's state: who, when, why."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=Case.State.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    agency = models.CharField(max_length=60)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]


class CaseEvent(models.Model):
    """An event that the case is about, besides the first."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_events")
    event = models.ForeignKey("events.Event", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    why = models.CharField(max_length=300)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "event"], name="event_once_a_case")]


class CaseAgency(models.Model):
    """A supporting agency, from joining until leaving, and the groups of fields that the lead shares with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="agencies")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    groups = models.JSONField(default=list)
    why = models.CharField(max_length=300)
    joined_at = models.DateTimeField()
    joined_by = models.CharField(max_length=80)
    left_at = models.DateTimeField(null=True)
    left_by = models.CharField(max_length=80, blank=True)
    left_why = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency"], condition=Q(left_at__isnull=True), name="agency_supports_a_case_once"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | ~Q(left_why=""), name="agency_that_left_says_why"
            ),
        ]


class CaseTask(models.Model):
    """Something that one agency is to do, asked by the lead or by itself. The other agencies do not see it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("tugas", "menunggu diterima")
        ACCEPTED = "accepted", pgettext_lazy("tugas", "diterima")
        DONE = "done", gettext_lazy("selesai")
        DECLINED = "declined", gettext_lazy("ditolak")
        WITHDRAWN = "withdrawn", gettext_lazy("ditarik")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    giver = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("agencies.Officer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=300)
    due = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = [F("due").asc(nulls_last=True), "given_at", "id"]
        indexes = [models.Index(fields=["agency", "state", "due"], name="tasks_of_agency")]  # the agency's list
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "withdrawn"]) | ~Q(ended_why=""), name="refused_task_says_why"
            )
        ]

    @property
    def ref(self) -> str:
        return f"task:{self.pk}"


class TaskStep(models.Model):
    """One change of a task's state."""

    task = models.ForeignKey(CaseTask, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=CaseTask.State.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    agency = models.CharField(max_length=60)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]


class CaseNote(models.Model):
    """What an agency wrote in its workspace; shared ones go between the lead and that agency, never to a third."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    is_shared = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="case_note_says_something")]


class CaseMilestone(models.Model):
    """A step of the criminal process with its paper. A mistaken one is withdrawn, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="milestones")
    code = models.CharField(max_length=20)
    on = models.DateField()
    document = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    agency = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["on", "recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "code", "document"],
                condition=Q(withdrawn_at__isnull=True),
                name="milestone_once_a_document",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_why=""), name="withdrawn_milestone_says_why"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="milestone_names_its_paper"),
        ]


class CaseClassification(models.Model):
    """An alleged offence: by whom, when, why, under which law. Several stand side by side; one falls only by withdrawal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="classifications")
    offence = models.ForeignKey("vocabulary.Kind", on_delete=models.PROTECT, related_name="+")
    act_on = models.DateField()  # the day of the act: it decides the law
    basis = models.CharField(max_length=200, blank=True)
    of_child = models.BooleanField(default=False)  # a child among the victims: no means needed
    why = models.CharField(max_length=500)
    agency = models.CharField(max_length=60)
    alleged_by = models.CharField(max_length=80)
    alleged_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["alleged_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="case_classification_says_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_why=""),
                name="withdrawn_case_classification_says_why",
            ),
        ]


class OffenceElement(models.Model):
    """One element of an alleged offence: in which form, why it is held to be there, and on which records that rests."""

    classification = models.ForeignKey(CaseClassification, on_delete=models.CASCADE, related_name="elements")
    element = models.CharField(max_length=16)
    form = models.CharField(max_length=16)
    why = models.CharField(max_length=500)
    evidence = models.JSONField(default=list)  # refs: "event:<uuid>", "report:<uuid>"

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["classification", "element", "form"], name="element_once_in_a_form"),
            models.CheckConstraint(condition=~Q(why=""), name="element_says_why"),
        ]


class CasePerson(models.Model):
    """Somebody in a case, under a pseudonym. Who it is stands in the vault or nowhere."""

    class Role(models.TextChoices):
        VICTIM = people.VICTIM, pgettext_lazy("orang", "korban")
        SUSPECT = people.SUSPECT, gettext_lazy("tersangka")
        WITNESS = people.WITNESS, gettext_lazy("saksi")
        REPORTER = people.REPORTER, gettext_lazy("pelapor")

    class Age(models.TextChoices):
        CHILD = people.CHILD, gettext_lazy("anak")
        ADULT = people.ADULT, gettext_lazy("dewasa")
        UNKNOWN = people.UNKNOWN, gettext_lazy("belum diketahui")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="persons")
    role = models.CharField(max_length=10, choices=Role.choices)
    first_role = models.CharField(max_length=10, choices=Role.choices)  # the pseudonym keeps it
    mark = models.CharField(max_length=4)
    age = models.CharField(max_length=10, choices=Age.choices, default=Age.UNKNOWN)
    identity = models.ForeignKey("vault.Identity", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    legal_basis = models.CharField(max_length=160)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    revision = models.UUIDField(default=new_id)  # another after every change; a token, not a count

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "first_role", "mark"], name="pseudonym_once_a_case"),
            models.UniqueConstraint(
                fields=["case", "identity"], condition=Q(identity__isnull=False), name="identity_once_a_case"
            ),
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(legal_basis=""), name="case_person_has_purpose_and_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def pseudonym(self) -> str:
        """What stands for the person in this case, the same for good: a change of role does not change it."""
        words = {
            people.VICTIM: _("Korban %(mark)s"),
            people.SUSPECT: _("Tersangka %(mark)s"),
            people.WITNESS: _("Saksi %(mark)s"),
            people.REPORTER: _("Pelapor %(mark)s"),
        }
        return words[self.first_role] % {"mark": self.mark}

    @property
    def ref(self) -> str:
        return f"case_person:{self.pk}"


class RoleChange(models.Model):
    """That somebody's role in a case was changed, or was asked to be. Of victims into suspects two persons decide (R13)."""

    class State(models.TextChoices):
        AWAITED = "awaited", gettext_lazy("menunggu persetujuan atasan")
        DONE = "done", pgettext_lazy("perubahan peran", "berlaku")
        REFUSED = "refused", gettext_lazy("tidak disetujui")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(CasePerson, on_delete=models.CASCADE, related_name="role_changes")
    from_role = models.CharField(max_length=10, choices=CasePerson.Role.choices)
    to_role = models.CharField(max_length=10, choices=CasePerson.Role.choices)
    offence = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=500)
    legal_reason = models.CharField(max_length=500, blank=True)
    needs_second_word = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices)
    agency = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="awaited"), name="one_awaited_role_change_a_person"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="role_change_says_why"),
            models.CheckConstraint(
                condition=Q(needs_second_word=False)
                | ~Q(state="done")
                | (~Q(decided_by="") & ~Q(decided_by=F("asked_by")) & ~Q(legal_reason="") & ~Q(decided_why="")),
                name="second_word_is_anothers_with_legal_reason",
            ),
            models.CheckConstraint(
                condition=~Q(from_role="victim", to_role="suspect") | Q(needs_second_word=True),
                name="victim_to_suspect_needs_second_word",
            ),
        ]


class BestInterest(models.Model):
    """What is best for a child in a case, what the child says itself, and who speaks for it (R15). The latest row counts."""

    class Guardian(models.TextChoices):
        PARENT = people.PARENT, gettext_lazy("orang tua")
        APPOINTED = people.APPOINTED, gettext_lazy("wali yang ditetapkan")
        AGENCY = people.AGENCY, gettext_lazy("instansi sosial sebagai pendamping")
        NOBODY = people.NOBODY, gettext_lazy("belum ada")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(CasePerson, on_delete=models.CASCADE, related_name="best_interests")
    considered = models.TextField()
    childs_view = models.TextField()
    guardian = models.CharField(max_length=10, choices=Guardian.choices)
    guardian_in_conflict = models.BooleanField(default=False)  # suspected in the case, or gaining by it
    guardian_note = models.CharField(max_length=200, blank=True)  # an office or a post, never a name
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    agency = models.CharField(max_length=60)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(considered="") & ~Q(childs_view=""), name="best_interest_is_filled_in")
        ]


class CaseObject(models.Model):
    """Goods or an object in a case: how much of what, and who held it first. Later holders follow from the hand-overs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="goods")
    what = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit = models.CharField(max_length=40)
    is_estimate = models.BooleanField(default=False)
    condition = models.CharField(max_length=300, blank=True)
    holder = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    taken_where = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["taken_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="object_is_some")]

    @property
    def ref(self) -> str:
        return f"case_object:{self.pk}"


class _Written(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row for the first time; a second time is refused."""
        if not self._state.adding:
            raise AppendOnly(_("Berita acara yang sudah dicatat tidak diubah. Catat yang baru dengan penjelasannya."))
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what was written stays, until the case itself goes by retention."""
        raise AppendOnly(_("Berita acara yang sudah dicatat tidak dihapus."))


class HandOver(_Written):
    """The minutes of a hand-over. A holder is an agency, or a body outside by its name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    object = models.ForeignKey(CaseObject, on_delete=models.CASCADE, related_name="hand_overs")
    giver = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    giver_body = models.CharField(max_length=200, blank=True)
    receiver = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    receiver_body = models.CharField(max_length=200, blank=True)
    where = models.CharField(max_length=200)
    at = models.DateTimeField()
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    condition = models.CharField(max_length=300)
    document = models.CharField(max_length=120)  # the number of the minutes
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    agency = models.CharField(max_length=60)

    class Meta:
        ordering = ["at", "recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(giver__isnull=False) ^ ~Q(giver_body=""), name="hand_over_has_one_giver"
            ),
            models.CheckConstraint(
                condition=Q(receiver__isnull=False) ^ ~Q(receiver_body=""), name="hand_over_has_one_receiver"
            ),
            models.CheckConstraint(condition=~Q(document="") & ~Q(condition=""), name="hand_over_has_minutes"),
        ]


class HandOverWord(_Written):
    """A side's word that a hand-over went as its minutes say."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="words")
    side = models.CharField(max_length=8, choices=[("giver", "giver"), ("receiver", "receiver")])
    agency = models.CharField(max_length=60)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["hand_over", "side"], name="one_word_a_side")]


class Referral(ProtectedRow):
    """Somebody, under a pseudonym, is sent to an agency for a service. The sender owns the row; the receiver sees what is referred."""

    class State(models.TextChoices):
        SENT = "sent", gettext_lazy("terkirim")
        ACCEPTED = "accepted", pgettext_lazy("rujukan", "diterima")
        IN_PROGRESS = "in_progress", gettext_lazy("sedang dilayani")
        DONE = "done", gettext_lazy("selesai")
        DECLINED = "declined", gettext_lazy("ditolak")
        REVOKED = "revoked", gettext_lazy("dicabut")

    class ConsentBy(models.TextChoices):
        SUBJECT = people.SUBJECT, gettext_lazy("yang bersangkutan")
        GUARDIAN = people.GUARDIAN, gettext_lazy("wali")
        VITAL = people.VITAL, gettext_lazy("tanpa persetujuan: nyawa atau kesehatan terancam")

    number = models.CharField(max_length=60, blank=True)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    person = models.ForeignKey(CasePerson, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=40)  # the pseudonym, as the receiver reads it
    age = models.CharField(max_length=10, choices=CasePerson.Age.choices, default=CasePerson.Age.UNKNOWN)
    receiver = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=20)
    needs = models.TextField()
    scope = models.JSONField(default=list)  # the groups of fields that the consent covers
    consent_by = models.CharField(max_length=10, choices=ConsentBy.choices)
    consent = models.OneToOneField(
        "agreements.ConditionMet", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    vital_why = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SENT)
    version = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=80)
    answer_by = models.DateTimeField()
    finish_by = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=500, blank=True)  # what was done, or why not
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["receiver", "state", "answer_by"], name="referrals_of_receiver")]  # the queue
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.UniqueConstraint(fields=["owner", "number"], condition=~Q(number=""), name="referral_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "revoked", "done"]) | ~Q(outcome=""), name="ended_referral_says_how"
            ),
            models.CheckConstraint(
                condition=Q(consent_by="vital") & ~Q(vital_why="") | ~Q(consent_by="vital") & Q(consent__isnull=False),
                name="referral_has_consent_or_vital_need",
            ),
            models.CheckConstraint(condition=~Q(owner=F("receiver")), name="referral_goes_to_another"),
        ]

    def __str__(self) -> str:
        return self.number or self.subject


class ReferralStep(models.Model):
    """One change of a referral's state."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=12, choices=Referral.State.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    agency = models.CharField(max_length=60)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]


access.protect(Case, category="cases", behind=("alert", "event", "case_events__event"))
access.protect(Referral, category="referrals", behind=("case",))
