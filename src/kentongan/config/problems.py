"""Problem details (RFC 9457): the one form in which the API says no."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

PROBLEM = "application/problem+json"
API = "/api/"
ABOUT_THE_BODY = frozenset({"Content-Type", "Content-Length", "Content-Language", "ETag"})


def problem(status: int, code: str, detail: str, errors: list[dict[str, object]] | None = None) -> HttpResponse:
    """Return one problem details answer."""
    body: dict[str, object] = {
        "type": f"urn:kentongan:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type=PROBLEM)


class ProblemsOnlyMiddleware:
    """Whatever refuses a request to the API, be it the framework or a fault of ours, answers with problem details."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        is_html = answer.headers.get("Content-Type", "").startswith("text/html")
        if answer.status_code < HTTPStatus.BAD_REQUEST or not is_html or not request.path.startswith(API):
            return answer
        told = problem(answer.status_code, *_said(answer.status_code))
        for name, value in answer.headers.items():  # Allow, Retry-After, and what keeps browsers strict
            if name not in ABOUT_THE_BODY:
                told.headers[name] = value
        return told


def _said(status: int) -> tuple[str, str]:
    """Return the code and the words for what the framework refused."""
    if status == HTTPStatus.NOT_FOUND:
        return "api.no_such_address", _("Alamat ini tidak ada di API. Lihat daftar alamat di /api/v1/docs.")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return "api.method_not_allowed", _("Alamat ini tidak menerima metode itu. Lihat /api/v1/docs.")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "api.too_many", _("Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "api.failed", _(
            "Kesalahan ini ada pada sistem, dan sudah dicatat. Tidak ada yang tersimpan sebagian; coba lagi."
        )
    return "api.unreadable", _("Permintaan ini tidak dapat dibaca. Periksa panjang dan bentuknya, lalu kirim lagi.")
