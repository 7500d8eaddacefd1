"""Deeds on officers and their keys: create, post, leave, revoke, issue and withdraw tokens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError

from .actions import AgencyClosed, demand_administration
from .models import Agency, ApiToken, Officer, Posting
from .rules import ROLE_LABELS, Administering, reaches_all

TOKEN_PREFIX = "ktg_"  # noqa: S105 - how a token begins, not a token
LONGEST_TOKEN = timedelta(days=366)


class OfficerExists(KentonganError):
    """The username is taken."""

    code = "agencies.officer_exists"


class UnknownRole(KentonganError):
    """There is no such role."""

    code = "agencies.unknown_role"


class NotOneself(KentonganError):
    """Nobody changes the own posting or revokes the own account."""

    code = "agencies.not_oneself"


class AccountRevoked(KentonganError):
    """A revoked account is not used again."""

    code = "agencies.account_revoked"


class OfficerOffDuty(KentonganError):
    """The officer serves nowhere, so there is no posting to end."""

    code = "agencies.officer_off_duty"


class PasswordRefused(KentonganError):
    """The password is too weak or not the present one."""

    code = "agencies.password_refused"


class TokenRefused(KentonganError):
    """The token would last too long or no time at all."""

    code = "agencies.token_refused"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A new account with its first password, which is shown once and must be changed at the first sign-in."""

    officer: Officer
    password: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A new key with its secret, which is shown once; only its hash is kept."""

    token: ApiToken
    secret: str


@transaction.atomic
def create_officer(
    *, username: str, full_name: str, agency: Agency, role: str, by: Administering, at: datetime, email: str = ""
) -> NewAccount:
    """The officer can sign in with a random first password and serves the agency in the role."""
    demand_administration(by, agency.pk, at=at)
    if Officer.objects.filter(username__iexact=username).exists():
        raise OfficerExists(_("Nama pengguna %(name)s sudah dipakai. Pilih nama lain.") % {"name": username})
    password = _first_password()
    officer = Officer.objects.create_user(
        username=username, password=password, full_name=full_name, email=email, must_change_password=True
    )
    trail.record(Trail.OFFICER_CREATED, by=by, at=at, on=officer.ref, facts={"agency": agency.pk, "role": role})
    _open_posting(officer, agency, role, by=by, at=at, why=_("akun baru"))
    return NewAccount(officer, password)


@transaction.atomic
def post_officer(*, officer: Officer, agency: Agency, role: str, why: str, by: Administering, at: datetime) -> Posting:
    """The officer serves the agency in the role; the posting before has ended and the keys made in it are withdrawn."""
    _demand_reach(officer, by=by, at=at)
    demand_administration(by, agency.pk, at=at)
    _demand_account(officer)
    _end_posting(officer, why=why, at=at)
    _withdraw_tokens(officer, at=at)
    return _open_posting(officer, agency, role, by=by, at=at, why=why)


@transaction.atomic
def end_service(*, officer: Officer, why: str, by: Administering, at: datetime) -> None:
    """The officer serves nowhere; the account stays, sees nothing, and can be posted again."""
    _demand_reach(officer, by=by, at=at)
    if not _end_posting(officer, why=why, at=at):
        raise OfficerOffDuty(_("Petugas ini tidak sedang bertugas di mana pun."))
    _withdraw_tokens(officer, at=at)
    trail.record(Trail.OFFICER_LEFT, by=by, at=at, on=officer.ref, why=why)


@transaction.atomic
def revoke_officer(*, officer: Officer, why: str, by: Administering, at: datetime) -> None:
    """The account is shut: no sign-in, no open session, no key, no posting."""
    _demand_reach(officer, by=by, at=at)
    _end_posting(officer, why=why, at=at)
    _withdraw_tokens(officer, at=at)
    officer.is_active = False
    officer.set_unusable_password()  # every session carries a hash of the password: all of them end
    officer.save(update_fields=["is_active", "password"])
    trail.record(Trail.OFFICER_REVOKED, by=by, at=at, on=officer.ref, why=why)


@transaction.atomic
def reset_password(*, officer: Officer, why: str, by: Administering, at: datetime) -> NewAccount:
    """The officer has a new random password to be changed at the next sign-in; open sessions have ended."""
    _demand_reach(officer, by=by, at=at)
    _demand_account(officer)
    password = _first_password()
    officer.set_password(password)
    officer.must_change_password = True
    officer.save(update_fields=["password", "must_change_password"])
    trail.record(Trail.PASSWORD_RESET, by=by, at=at, on=officer.ref, why=why)
    return NewAccount(officer, password)


@transaction.atomic
def change_own_password(*, officer: Officer, present: str, wanted: str, by: trail.Acting, at: datetime) -> None:
    """The officer has the password that they chose themselves."""
    if not officer.check_password(present):
        raise PasswordRefused(_("Sandi sekarang tidak cocok. Ketik ulang sandi yang Anda pakai untuk masuk."))
    if present == wanted:
        raise PasswordRefused(_("Sandi baru sama dengan sandi sekarang. Pilih sandi lain."))
    try:
        validate_password(wanted, officer)
    except ValidationError as refusal:
        raise PasswordRefused(_("Sandi baru terlalu lemah. Pilih sandi lain."), details=refusal.messages) from refusal
    officer.set_password(wanted)
    officer.must_change_password = False
    officer.save(update_fields=["password", "must_change_password"])
    trail.record(Trail.PASSWORD_CHANGED, by=by, at=at, on=officer.ref)


@transaction.atomic
def issue_token(
    *, officer: Officer, name: str, purpose: str, expires_at: datetime, by: trail.Acting, at: datetime
) -> NewToken:
    """The officer has a key for the API until that instant; its secret is in the answer and nowhere else."""
    if not at < expires_at <= at + LONGEST_TOKEN:
        raise TokenRefused(_("Kunci berlaku paling lama setahun dan tidak boleh sudah habis. Pilih hari lain."))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        officer=officer,
        name=name,
        hashed=sha256_hex(secret.encode()),
        purpose=purpose,
        created_at=at,
        expires_at=expires_at,
    )
    trail.record(
        Trail.TOKEN_ISSUED, by=by, at=at, on=f"token:{token.pk}", facts={"officer": officer.ref, "purpose": purpose}
    )
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: trail.Acting, at: datetime) -> None:
    """The key opens nothing any more."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        trail.record(Trail.TOKEN_REVOKED, by=by, at=at, on=f"token:{token.pk}", facts={"officer": token.officer.ref})


def _first_password() -> str:
    return secrets.token_urlsafe(12)


def _demand_reach(officer: Officer, *, by: Administering, at: datetime) -> None:
    if by.ref == officer.ref:
        raise NotOneself(_("Penugasan dan akun sendiri diurus oleh administrator lain."))
    last = officer.postings.order_by("-started_at", "-id").first()
    if not reaches_all(by):
        demand_administration(by, last.agency_id if last else "", at=at)


def _demand_account(officer: Officer) -> None:
    if not officer.is_active:
        raise AccountRevoked(
            _("Akun ini sudah dicabut dan tidak dibuka lagi. Buatlah akun baru bila petugasnya kembali.")
        )


def _open_posting(officer: Officer, agency: Agency, role: str, *, by: Administering, at: datetime, why: str) -> Posting:
    if role not in ROLE_LABELS:
        raise UnknownRole(_("Peran %(role)s tidak dikenal.") % {"role": role}, details=tuple(ROLE_LABELS))
    if not agency.is_active:
        raise AgencyClosed(_("Instansi %(name)s sudah ditutup. Pilih instansi lain.") % {"name": agency.name})
    posting = Posting.objects.create(officer=officer, agency=agency, role=role, started_at=at)
    trail.record(Trail.OFFICER_POSTED, by=by, at=at, on=officer.ref, why=why, facts={"agency": agency.pk, "role": role})
    return posting


def _end_posting(officer: Officer, *, why: str, at: datetime) -> bool:
    return bool(officer.postings.filter(ended_at__isnull=True).update(ended_at=at, end_reason=why[:200]))


def _withdraw_tokens(officer: Officer, *, at: datetime) -> None:
    officer.tokens.filter(revoked_at__isnull=True).update(revoked_at=at)
