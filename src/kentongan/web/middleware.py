"""Puts the acting officer on every request, and the language that was chosen."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kentongan.agreements.access import NoPosting, actor_for
from kentongan.agreements.facts import Actor
from kentongan.agreements.rules import PURPOSES

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
"""What no page of ours asks a browser for; passkeys are not in it, their default is the own origin."""

STRICT = {
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
"""What every answer carries; a policy that an inner layer has set for its page stays."""


class StrictHeadersMiddleware:
    """Every answer is strict, and nothing but fixed files is kept by a browser unless its view says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        for name, value in STRICT.items():
            answer.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Answers in Indonesian until somebody chooses another language; what a browser prefers by default does not count."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the cookie, or the default."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


class NoNulMiddleware:
    """Refuses an address with the NUL sign: no text of ours has it, and PostgreSQL cannot even compare with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class WrongMethodMiddleware:
    """Gives a page to the empty answer "method not allowed": an address that only a form sends to, opened by hand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not answer.streaming and not answer.content:
            answer.content = render_to_string("405.html", request=request).encode()
        return answer


DEFAULT_PURPOSE = "prevention"


class ActorMiddleware:
    """Sets `request.actor`: the officer's agency, role and stated purpose, or None when nobody is signed in or posted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = _acting(request)  # type: ignore[attr-defined]  # requests carry the actor everywhere in this project
        return self.get_response(request)


def _acting(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated:
        return None
    stated = request.session.get("purpose", DEFAULT_PURPOSE)
    try:
        return actor_for(request.user, purpose=stated if stated in PURPOSES else DEFAULT_PURPOSE, at=timezone.now())
    except NoPosting:
        return None  # the frame tells the officer; every door refuses without an actor
