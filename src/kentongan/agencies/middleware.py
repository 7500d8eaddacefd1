"""Sends an officer with a first password to the page where it is changed, before anything else."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class FirstPasswordMiddleware:
    """Every address but the one for changing the password, the one for signing out and the static files leads there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "must_change_password", False) and not self._may_pass(request.path):
            return redirect("password_change")
        return self.get_response(request)

    def _may_pass(self, path: str) -> bool:
        open_paths = (reverse("password_change"), reverse("account_logout"), reverse("set_language"))
        return path in open_paths or path.startswith(settings.STATIC_URL)
