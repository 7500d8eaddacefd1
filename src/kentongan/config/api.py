"""The API: one address, the operations of each room, problem details (RFC 9457) for every error."""

import dataclasses
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from kentongan.agencies.limits import NOTED_ONCE, TOKEN_FAILURES, TooManyAttempts, take, too_many
from kentongan.agencies.models import ApiToken, Officer
from kentongan.agencies.queries import token_in_force, token_known
from kentongan.agencies.second_factor import SecondFactorMissing, has_second_factor, is_required_here
from kentongan.agencies.sign_ins import Visitor, address_of
from kentongan.agencies.staff import note_token_used
from kentongan.agreements.access import NoPosting, NotVisible, RoleMayNotAct, actor_for
from kentongan.agreements.facts import Actor
from kentongan.agreements.modules import ModuleOff
from kentongan.alerts.api import router as alerts
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.cases.api import case_router as cases
from kentongan.cases.api import referral_router as referrals
from kentongan.events.api import router as events
from kentongan.intake.actions import BatchRefused, KeyUsedForOther
from kentongan.intake.api import router as reports
from kentongan.intake.drafts import DraftRefused
from kentongan.kit.errors import KentonganError
from kentongan.places.api import router as places
from kentongan.watch.api import router as findings

from .problems import PROBLEM, problem

_STATUS: tuple[tuple[type[KentonganError], int], ...] = (
    (NotVisible, 404),
    (RoleMayNotAct, 403),
    (NoPosting, 403),
    (ModuleOff, 403),
    (SecondFactorMissing, 403),
    (TooManyAttempts, 429),
    (DraftRefused, 422),
    (BatchRefused, 422),
    (KeyUsedForOther, 409),
)


class Bearer(HttpBearer):
    """A token of an officer or of a system that acts for one; it sets `request.actor`."""

    def authenticate(self, request: HttpRequest, token: str) -> object | None:
        """Return the token when it stands where it was issued and its officer may come in, else None or a refusal."""
        at = timezone.now()
        known = token_in_force(token, at=at)
        if known is None:
            _note_failure(request, token)
            return None
        if (
            is_required_here(known.role)
            and not Officer.objects.filter(has_second_factor(), pk=known.officer_id).exists()
        ):
            _note_refusal(known, "second factor missing")
            raise SecondFactorMissing(
                _(
                    "Peran pemilik token ini wajib memakai faktor kedua, dan ia belum memasangnya. Pasang di halaman Keamanan akun."
                )
            )
        note_token_used(known, on=timezone.localdate(at))
        request.actor = _narrowed(actor_for(known.officer, purpose=known.purpose, at=at), known.scopes)  # type: ignore[attr-defined]  # as every door finds it
        return known


def _narrowed(actor: Actor, scopes: list[str]) -> Actor:
    """Return the actor with no more categories than the token was given; a token without scopes has those of the role."""
    if not scopes:
        return actor
    reads = {scope.removesuffix(":read") for scope in scopes if scope.endswith(":read")}
    acts = {scope.removesuffix(":write") for scope in scopes if scope.endswith(":write")}
    return dataclasses.replace(actor, reads=actor.reads & reads, acts=actor.acts & acts)


def _note_failure(request: HttpRequest, secret: str) -> None:
    """Count a token that opens nothing against its address; raise TooManyAttempts where that is too many."""
    address = address_of(request) or ""
    if known := token_known(secret):
        _note_refusal(known, "expired, withdrawn, or its officer serves elsewhere")
    if not take(TOKEN_FAILURES, address):
        raise too_many()


def _note_refusal(token: ApiToken, why: str) -> None:
    if take(NOTED_ONCE, f"token {token.pk} {why}"):
        on = f"token:{token.pk}"
        trail.note_look(Trail.TOKEN_REFUSED, by=Visitor(), at=timezone.now(), on=on, reasons=[why])


class DescribedAPI(NinjaAPI):
    """The API whose description names the problem details that every operation may answer with."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """Return the OpenAPI 3.1 description, with the refusals declared on every operation."""
        schema = super().get_openapi_schema(*args, **kwargs)
        schema["components"].setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
        answer = {
            "description": "Problem details",
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status in (400, 401, 403, 404, 409, 413, 422, 429):
                    operation["responses"].setdefault(status, answer)
        return schema


_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}

api = DescribedAPI(
    title="Kentongan",
    version="1.0",
    urls_namespace="api",
    auth=Bearer(),
    description="Reports in; events, findings, alerts and places out, as far as the gate lets the token's officer see.",
    openapi_extra={"info": {"license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}}},
)
api.add_router("/reports", reports)
api.add_router("/events", events)
api.add_router("/findings", findings)
api.add_router("/alerts", alerts)
api.add_router("/cases", cases)
api.add_router("/referrals", referrals)
api.add_router("/places", places)


@api.exception_handler(KentonganError)
def refused(_request: HttpRequest, refusal: KentonganError) -> HttpResponse:
    """Answer an expected refusal with its stable code and every fault it gathered."""
    status = next((status for kind, status in _STATUS if isinstance(refusal, kind)), None)
    if status is None:
        status = 409 if refusal.code.endswith(("changed_meanwhile", "not_allowed_now")) else 400
    answer = problem(status, refusal.code, refusal.message, _faults(refusal))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = str(TOKEN_FAILURES.within_s)
    return answer


def _faults(refusal: KentonganError) -> list[dict[str, object]]:
    if isinstance(refusal, DraftRefused):
        return [{"field": f.field, "code": f.code, "message": f.message} for f in refusal.faults]
    if isinstance(refusal, BatchRefused):
        return [{"row": f.row, "field": f.field, "message": f.message} for f in refusal.faults]
    return [{"message": detail} for detail in refusal.details]


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """Answer a request that does not have the described form, field by field."""
    errors = [
        {"field": ".".join(str(part) for part in error["loc"]), "code": error["type"], "message": error["msg"]}
        for error in fault.errors
    ]
    return problem(
        422, "api.invalid", _("Isi permintaan tidak sesuai. Perbaiki isian yang disebut, lalu kirim lagi."), errors
    )


@api.exception_handler(AuthenticationError)
def unknown_caller(_request: HttpRequest, _fault: AuthenticationError) -> HttpResponse:
    """Answer a missing, unknown, expired or withdrawn token."""
    return problem(
        401,
        "api.no_token",
        _("Token tidak ada, tidak dikenal, atau sudah tidak berlaku. Buat token baru di halaman akun."),
    )


@api.exception_handler(Http404)
def absent(_request: HttpRequest, _fault: Http404) -> HttpResponse:
    """Answer an address that leads nowhere as the gate answers a refusal."""
    return problem(404, NotVisible.code, _("Catatan ini tidak ada atau tidak terbuka bagi Anda."))


@api.exception_handler(HttpError)
def unreadable(_request: HttpRequest, fault: HttpError) -> HttpResponse:
    """Answer what the framework itself refuses, such as a body that is not JSON."""
    return problem(
        fault.status_code, "api.unreadable", _("Permintaan ini tidak dapat dibaca: %(why)s.") % {"why": fault.message}
    )


@api.exception_handler(RequestDataTooBig)
def too_big(_request: HttpRequest, _fault: RequestDataTooBig) -> HttpResponse:
    """Answer a body longer than this installation reads."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000
    message = _("Permintaan ini lebih dari %(most)s MB. Bagi menjadi beberapa kiriman.")
    return problem(413, "api.too_big", message % {"most": most})


@api.exception_handler(OverflowError)
def out_of_range(_request: HttpRequest, _fault: OverflowError) -> HttpResponse:
    """Answer a number or an instant that no calendar and no database can hold."""
    return problem(
        422, "api.out_of_range", _("Ada angka atau waktu yang di luar jangkauan. Perbaiki, lalu kirim lagi.")
    )
