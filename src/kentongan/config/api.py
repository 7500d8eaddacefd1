"""The API: one address, the operations of each room, problem details (RFC 9457) for every error."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from kentongan.agencies.queries import token_in_force
from kentongan.agreements.access import NoPosting, NotVisible, RoleMayNotAct, actor_for
from kentongan.alerts.api import router as alerts
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
    (DraftRefused, 422),
    (BatchRefused, 422),
    (KeyUsedForOther, 409),
)


class Bearer(HttpBearer):
    """A token of an officer or of a system that acts for one; it sets `request.actor`."""

    def authenticate(self, request: HttpRequest, token: str) -> object | None:
        """Return the token when it stands and its officer is on duty, else None."""
        at = timezone.now()
        known = token_in_force(token, at=at)
        if known is None:
            return None
        request.actor = actor_for(known.officer, purpose=known.purpose, at=at)  # type: ignore[attr-defined]  # as every door finds it
        return known


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
                for status in (400, 401, 403, 404, 409, 413, 422):
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
api.add_router("/places", places)


@api.exception_handler(KentonganError)
def refused(_request: HttpRequest, refusal: KentonganError) -> HttpResponse:
    """Answer an expected refusal with its stable code and every fault it gathered."""
    status = next((status for kind, status in _STATUS if isinstance(refusal, kind)), None)
    if status is None:
        status = 409 if refusal.code.endswith(("changed_meanwhile", "not_allowed_now")) else 400
    return problem(status, refusal.code, refusal.message, _faults(refusal))


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
