"""Who comes in, and how: nobody opens an account by themselves, and whoever tries too often waits."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies import factor_secrets, identities, limits, staff
from kentongan.agencies.doors import too_many
from kentongan.agencies.models import Officer
from kentongan.agencies.sign_ins import VOUCHED, Visitor, address_of, note_refused_sign_in
from kentongan.kit.errors import KentonganError


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by administrators only; refused sign-ins are in the trail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the adapter's signature
        """Return False: there is no self-registration."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002 - the adapter's signature
        """The trail has a row on the account, if there is one; what was typed is kept nowhere."""
        known = Officer.objects.filter(username__iexact=credentials.get("username") or "").first()
        note_refused_sign_in(known=known, why="wrong password")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Officer | None:
        """Return the officer; a first password that lapsed is refused, counted and as slow as a wrong one."""
        officer: Officer | None = super().authenticate(request, **credentials)
        now = timezone.now()
        if (
            officer is None
            or not Officer.objects.filter(staff.with_lapsed_first_password(at=now), pk=officer.pk).exists()
        ):
            return officer
        officer.check_password(
            str(credentials["password"])
        )  # each backend hashes a wrong one, the first alone a right one
        self.pre_authenticate(request, **credentials)  # the library has just taken its count of this attempt back
        note_refused_sign_in(known=officer, why="first password lapsed")
        return None

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002 - the adapter's signature
        """Return what attempts on one account are counted by: its name alone, whatever host and port were asked for."""
        return str(credentials.get("username") or "").lower()

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """Return the library's error; too many attempts end the request with their own page instead."""
        if code in ("too_many_login_attempts", "rate_limited") and context.request is not None:
            _note_once(context.request, "too many attempts")
            raise ImmediateHttpResponse(too_many(context.request))
        told: ValidationError = super().validation_error(code, *args)
        return told


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Secrets of second factors are sealed at rest."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is kept."""
        return factor_secrets.sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return factor_secrets.opened(encrypted_text)


class OutsideEntrance(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Officers already known come in through the outside provider; nobody else does."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the provider of the installation's settings; one that somebody wrote into the database does not count."""
        return [app for app in super().list_apps(request, provider, client_id) if app.pk is None]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 - the adapter's signature
        """Return False: there is no self-registration."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Leave the sign-in bound to the officer that the provider's account belongs to, or end it with the reason."""
        claims: Mapping[str, object] = getattr(sociallogin, "claims", {})
        try:
            if sociallogin.state.get("process") == AuthProcess.CONNECT:
                raise identities.UnknownIdentity(
                    _("Akun luar dihubungkan oleh administrator, bukan oleh petugas sendiri.")
                )
            vouched = identities.demand_second_factor(claims)
            if not sociallogin.is_existing:
                subject = str(sociallogin.account.uid)
                identities.match_officer(subject=subject, claims=claims, by=Visitor(), at=timezone.now())
                sociallogin.lookup()
            request.session[VOUCHED] = sociallogin.user.ref if vouched else ""
        except KentonganError as refusal:
            request.session.pop(VOUCHED, None)
            note_refused_sign_in(known=sociallogin.user if sociallogin.is_existing else None, why=refusal.code)
            page = render(request, "agencies/outside_refused.html", {"message": refusal.message}, status=403)
            raise ImmediateHttpResponse(page) from refusal

    def on_authentication_error(self, request: HttpRequest, *args: object, **more: object) -> None:  # noqa: ARG002
        """The trail knows that the outside provider's answer was refused."""
        _note_once(request, "outside provider failed")


def _note_once(request: HttpRequest, why: str) -> None:
    """One row for many repetitions from one address: whoever tries too often does not fill the trail."""
    if limits.take(limits.NOTED_ONCE, f"{why} {address_of(request)}"):
        note_refused_sign_in(known=None, why=why)
