"""Whose role needs a second factor, and who has one.

The table data/mfa.csv is our own default: no law that was read settles it. An installation relaxes it for
single roles with KENTONGAN_MFA_OPTIONAL_ROLES; a role that the table does not know needs one.
"""

from collections.abc import Collection
from functools import cache

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists, OuterRef, Q

from kentongan.kit.errors import KentonganError
from kentongan.kit.shipped_tables import table_entries

from .rules import ROLE_LABELS

EVERY_ROLE = "*"
ENROLLED_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes alone are no second factor: they stand in for a lost one."""


class SecondFactorMissing(KentonganError):
    """The officer's role needs a second factor and the officer has none."""

    code = "agencies.second_factor_missing"


@cache
def roles_by_table() -> dict[str, bool]:
    """Return role -> whether the shipped table requires a second factor."""
    return dict(
        table_entries(
            "kentongan.agencies",
            "data/mfa.csv",
            lambda line: (line.required("role"), line.one_of("required", frozenset({"yes", "no"})) == "yes"),
        )
    )


def is_required(role: str, *, optional: Collection[str]) -> bool:
    """Tell whether the role needs a second factor, where `optional` are the roles that the installation relaxes."""
    return roles_by_table().get(role, True) and role not in optional and EVERY_ROLE not in optional


def is_required_here(role: str) -> bool:
    """Tell whether this installation demands a second factor of the role; a demonstration demands none of anybody."""
    return not settings.IS_DEMONSTRATION and is_required(role, optional=settings.MFA_OPTIONAL_ROLES)


def demand_known_roles(optional: Collection[str]) -> None:
    """Raise ImproperlyConfigured when a role that shall be relaxed does not exist: a slip of the pen relaxes nobody."""
    if unknown := sorted(set(optional) - set(ROLE_LABELS) - {EVERY_ROLE}):
        raise ImproperlyConfigured(
            f"KENTONGAN_MFA_OPTIONAL_ROLES: peran {', '.join(unknown)} tidak dikenal. Pakai {', '.join(ROLE_LABELS)}."
        )


def provider_demands_it() -> bool:
    """Tell whether the outside provider lets nobody in without a second factor of its own."""
    return bool(settings.OIDC_ISSUER and (settings.OIDC_ACR or settings.OIDC_AMR))


def has_own_factor() -> Q:
    """Return the filter for officers who are asked for a factor of their own after the password."""
    return Q(Exists(Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=ENROLLED_TYPES)))


def has_second_factor() -> Q:
    """Return the filter for officers with a factor of their own, or linked to a provider that demands one."""
    if not provider_demands_it():
        return has_own_factor()
    from allauth.socialaccount.models import SocialAccount  # noqa: PLC0415 - only where there is a provider

    return has_own_factor() | Q(Exists(SocialAccount.objects.filter(user_id=OuterRef("pk"))))
