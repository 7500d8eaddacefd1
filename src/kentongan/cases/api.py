"""Cases and referrals over the API: what the gate shows, and the receiver's answers. Nobody's identity, nobody's workspace."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, FilterSchema, Query, Router, Schema
from ninja.pagination import paginate

from kentongan.agreements import access
from kentongan.agreements.doors import actor_of
from kentongan.agreements.listings import Listing, note_list
from kentongan.agreements.modules import demand_module
from kentongan.agreements.schemas import ReleaseOut

from . import actions
from .models import Case, Referral
from .rules import CASES, MODULE, REFERRALS

case_router = Router(tags=["cases"])
referral_router = Router(tags=["referrals"])


class CaseOut(Schema):
    """A case as far as it is shared; milestones and people have no place here."""

    id: UUID
    number: str
    owner: str = Field(alias="owner_id")
    title: str
    summary: str
    place: str | None = Field(None, alias="place.code")
    alert: UUID | None = Field(None, alias="alert_id")
    event: UUID | None = Field(None, alias="event_id")
    state: str
    version: int
    opened_at: datetime
    closed_at: datetime | None
    awaited_body: str
    waiting_since: datetime | None
    result: str
    result_why: str
    is_simulated: bool
    release: ReleaseOut | None = Field(None, description="Set where the row is shared in part; null where it is whole")


class ReferralOut(Schema):
    """A referral under its pseudonym, as far as the consent lets this side see it."""

    id: UUID
    number: str
    owner: str = Field(alias="owner_id")
    receiver: str = Field(alias="receiver_id")
    service: str
    subject: str
    age: str
    needs: str
    place: str | None = Field(None, alias="place.code")
    consent_by: str
    state: str
    version: int
    sent_at: datetime
    answer_by: datetime
    finish_by: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    outcome: str
    is_simulated: bool
    release: ReleaseOut | None = Field(None, description="Set where the row is shared in part; null where it is whole")


class StateFilter(FilterSchema):
    """Which state."""

    state: str | None = None


class AnswerIn(Schema):
    """A step of the receiver, as of the version that the caller saw."""

    version: int
    to: str = Field(description="`accepted`, `declined`, `in_progress` or `done`")
    note: str = Field("", max_length=500, description="Needed to decline and to finish; no names")


@case_router.get("", response=list[CaseOut], operation_id="list_cases", summary="Cases, the latest first")
@paginate(Listing)
def list_cases(request: HttpRequest, which: Query[StateFilter]) -> QuerySet[Case]:
    """Return the cases that the gate shows to the token's officer."""
    actor, at = actor_of(request), timezone.now()
    found = which.filter(Case.objects.visible_to(actor, at=at).select_related("place"))
    note_list(CASES, words="", found=found.count(), by=actor, at=at)
    return found


@case_router.get("/{case_id}", response=CaseOut, operation_id="get_case", summary="One case")
def get_case(request: HttpRequest, case_id: UUID) -> Case:
    """Return the case; refused and absent look the same."""
    return access.fetch(Case, case_id, actor_of(request), at=timezone.now())


@referral_router.get(
    "", response=list[ReferralOut], operation_id="list_referrals", summary="Referrals of both sides, the latest first"
)
@paginate(Listing)
def list_referrals(request: HttpRequest, which: Query[StateFilter]) -> QuerySet[Referral]:
    """Return the referrals that the gate shows to the token's officer."""
    actor, at = actor_of(request), timezone.now()
    demand_module(MODULE, at=at)
    found = which.filter(Referral.objects.visible_to(actor, at=at).select_related("place"))
    note_list(REFERRALS, words="", found=found.count(), by=actor, at=at)
    return found


@referral_router.get("/{referral_id}", response=ReferralOut, operation_id="get_referral", summary="One referral")
def get_referral(request: HttpRequest, referral_id: UUID) -> Referral:
    """Return the referral; refused and absent look the same."""
    demand_module(MODULE, at=timezone.now())
    return access.fetch(Referral, referral_id, actor_of(request), at=timezone.now())


@referral_router.post(
    "/{referral_id}/answer", response=ReferralOut, operation_id="answer_referral", summary="The receiver's next step"
)
def answer_referral(request: HttpRequest, referral_id: UUID, said: AnswerIn) -> Referral:
    """Answer for the receiver; the answer shows what was shown before, also of a referral that was just declined."""
    actor, at = actor_of(request), timezone.now()
    referral = access.fetch(Referral, referral_id, actor, at=at)
    return actions.answer_referral(referral=referral, version=said.version, to=said.to, note=said.note, by=actor, at=at)
