"""Which account of the outside provider belongs to which officer.

An administrator links them by the provider's subject, or the installation names one claim that the provider vouches for.
Nobody links themselves, and an account is made here or not at all.
"""

from collections.abc import Mapping
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.kit.errors import KentonganError

from . import sessions
from .models import Officer
from .rules import Administering
from .staff import demand_account, demand_reach, one_at_a_time, withdraw_tokens

PROVIDER = "oidc"


class UnknownIdentity(KentonganError):
    """The outside account belongs to no officer."""

    code = "agencies.unknown_identity"


class IdentityTaken(KentonganError):
    """The outside account belongs to another officer, or the officer has another one."""

    code = "agencies.identity_taken"


class WeakOutsideSignIn(KentonganError):
    """The provider does not say that it asked for a second factor."""

    code = "agencies.weak_outside_sign_in"


def identity_of(officer: Officer) -> SocialAccount | None:
    """Return the outside account that belongs to the officer."""
    return SocialAccount.objects.filter(user=officer, provider=PROVIDER).first()


@transaction.atomic
def link_identity(*, officer: Officer, subject: str, why: str, by: Administering, at: datetime) -> None:
    """The outside account with this subject opens the officer's account; the one before no longer, nor do sessions and keys."""
    demand_reach(officer, by=by, at=at)
    demand_account(officer)
    if SocialAccount.objects.filter(provider=PROVIDER, uid=subject).exclude(user=officer).exists():
        raise IdentityTaken(_("Akun luar itu sudah milik petugas lain. Lepaskan dahulu di sana."))
    facts = None
    if SocialAccount.objects.filter(user=officer, provider=PROVIDER).exclude(uid=subject).exists():
        sessions.end_all(officer=officer, reason=sessions.BY_ADMINISTRATOR, by=by, at=at, why=why)
        facts = {"keys": withdraw_tokens(officer, at=at)}
    SocialAccount.objects.filter(user=officer, provider=PROVIDER).delete()
    _link(officer, subject, by=by, at=at, why=why, facts=facts)


@transaction.atomic
def unlink_identity(*, officer: Officer, why: str, by: Administering, at: datetime) -> None:
    """No outside account opens the officer's account, and no session and no key that came of it."""
    demand_reach(officer, by=by, at=at)
    if not SocialAccount.objects.filter(user=officer, provider=PROVIDER).delete()[0]:
        raise UnknownIdentity(_("Petugas ini tidak punya akun luar."))
    sessions.end_all(officer=officer, reason=sessions.BY_ADMINISTRATOR, by=by, at=at, why=why)
    facts = {"keys": withdraw_tokens(officer, at=at)}
    trail.record(Trail.IDENTITY_UNLINKED, by=by, at=at, on=officer.ref, why=why, facts=facts)


@transaction.atomic
def match_officer(*, subject: str, claims: Mapping[str, object], by: trail.Acting, at: datetime) -> Officer:
    """The outside account belongs from now on to the officer whom the installation's claim names; else UnknownIdentity."""
    officer = _named_by(claims)
    if officer is not None:
        one_at_a_time(officer)
    if officer is None or _was_unlinked(officer):
        raise UnknownIdentity(
            _("Akun ini belum dikenal di sini. Minta administrator instansi Anda menghubungkannya, lalu coba lagi.")
        )
    if identity_of(officer) is not None:
        raise IdentityTaken(_("Petugas ini sudah terhubung dengan akun luar lain. Minta administrator memeriksanya."))
    _link(officer, subject, by=by, at=at, why=f"claim {settings.OIDC_MATCH_CLAIM}")
    return officer


def demand_second_factor(claims: Mapping[str, object]) -> bool:
    """Return whether the provider's sign-in counts as two factors; raise WeakOutsideSignIn where it must and does not."""
    if not (settings.OIDC_ACR or settings.OIDC_AMR):
        return False
    token = _part(claims, "id_token")
    methods = token.get("amr")
    said = {str(method) for method in methods} if isinstance(methods, list) else set()
    if str(token.get("acr", "")) in settings.OIDC_ACR or said & set(settings.OIDC_AMR):
        return True
    raise WeakOutsideSignIn(
        _(
            "Penyedia akun luar tidak menyatakan bahwa faktor kedua dipakai. Aktifkan faktor kedua di sana, lalu coba lagi."
        )
    )


def _named_by(claims: Mapping[str, object]) -> Officer | None:
    """Return the one officer whom the matching claim names: by the signed token first, by the profile else."""
    claim = settings.OIDC_MATCH_CLAIM
    told = next((part for part in (_part(claims, "id_token"), _part(claims, "userinfo")) if part.get(claim)), {})
    value = told.get(claim) if claim else None
    if not isinstance(value, str) or not value.strip():
        return None
    if claim == "email":
        found = Officer.objects.filter(email__iexact=value) if told.get("email_verified") is True else None
    else:
        found = Officer.objects.filter(username=value)
    officers = list(found.filter(is_active=True)[:2]) if found is not None else []
    return officers[0] if len(officers) == 1 else None


def _was_unlinked(officer: Officer) -> bool:
    """Tell whether an administrator took an outside account away: then only an administrator gives one again."""
    return TrailRow.objects.filter(event=Trail.IDENTITY_UNLINKED, subject=officer.ref).exists()


def _part(claims: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = claims.get(name)
    return part if isinstance(part, Mapping) else {}


def _link(
    officer: Officer, subject: str, *, by: trail.Acting, at: datetime, why: str, facts: Mapping[str, int] | None = None
) -> None:
    SocialAccount.objects.create(user=officer, provider=PROVIDER, uid=subject)
    trail.record(Trail.IDENTITY_LINKED, by=by, at=at, on=officer.ref, why=why, facts=facts)
