"""The library's sign-in with a passkey; it counts answers only, and here challenges are counted too."""

from allauth.mfa.webauthn.views import login_webauthn
from django.http import HttpRequest, HttpResponse

from kentongan.agencies import limits
from kentongan.agencies.doors import too_many
from kentongan.agencies.sign_ins import address_of


def login(request: HttpRequest) -> HttpResponse:
    """Give a challenge or take its answer; whoever asks for too many challenges waits."""
    if request.method != "POST" and not limits.take(limits.PASSKEY_CHALLENGES, address_of(request) or ""):
        return too_many(request)
    answer: HttpResponse = login_webauthn(request)
    return answer
