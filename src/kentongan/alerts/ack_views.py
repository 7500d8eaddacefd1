"""The page behind a one-tap link: it shows nothing of the alert, and only a press of its button acknowledges."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from . import ack_links


@csrf_exempt  # the token in the address is the secret, works once, and no cookie is read
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ack_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then acknowledge. Programs that follow links in messages come with GET and change nothing."""
    at = timezone.now()
    if request.method == "POST":
        try:
            ack_links.acknowledge(token=token, at=at)
        except ack_links.LinkNotValid as refusal:
            return _answer(request, "refused", 404, refusal.message)
        return _answer(request, "done", 200)
    if not ack_links.is_valid(token, at=at):
        return _answer(request, "refused", 404, ack_links.refusal().message)
    return _answer(request, "ask", 200)


def _answer(request: HttpRequest, stage: str, status: int, message: str = "") -> HttpResponse:
    answer = render(request, "alerts/ack_link.html", {"stage": stage, "message": message}, status=status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
