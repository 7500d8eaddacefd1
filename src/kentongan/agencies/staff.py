"""Deeds on officers and their keys: create, post, leave, revoke, issue and withdraw tokens."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError

from . import sessions
from .actions import AgencyClosed, demand_administration
from .models import Agency, ApiToken, Officer, Posting
from .rules import ROLE_LABELS, Administering, reaches_all

TOKEN_PREFIX = "ktg_"  # noqa: S105 - how a token begins, not a token
LONGEST_TOKEN = timedelta(days=365)
FIRST_PASSWORD_LASTS = timedelta(days=14)
"""How long a password of another's making opens the account: it was told, written down or sent."""
SCOPE = re.compile(r"[a-z_]{1,40}:(read|write)")
"""What a key may be narrowed to: a category of the gate, to be read or to be changed."""


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


class PresentPasswordWrong(PasswordRefused):
    """Whoever changes the password does not know the present one."""

    code = "agencies.present_password_wrong"


class NoSecondFactor(KentonganError):
    """The officer has no second factor that could be taken away."""

    code = "agencies.no_second_factor"


class TokenRefused(KentonganError):
    """The token would last too long or no time at all, or be for something that does not exist."""

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
    *,
    username: str,
    full_name: str,
    agency: Agency,
    role: str,
    by: Administering,
    at: datetime,
    email: str = "",
    password: str = "",
) -> NewAccount:
    """The officer can sign in with a first password, random unless one is given, and serves the agency in the role."""
    demand_administration(by, agency.pk, at=at)
    username = Officer.normalize_username(username)
    taken = OfficerExists(_("Nama pengguna %(name)s sudah dipakai. Pilih nama lain.") % {"name": username})
    if Officer.objects.filter(username__iexact=username).exists():
        raise taken
    password = password or _first_password()
    try:
        with transaction.atomic():
            officer = Officer.objects.create_user(
                username=username,
                password=password,
                full_name=full_name,
                email=email,
                must_change_password=True,
                first_password_at=at,
            )
    except IntegrityError:  # somebody else took the name meanwhile
        raise taken from None
    trail.record(Trail.OFFICER_CREATED, by=by, at=at, on=officer.ref, facts={"agency": agency.pk, "role": role})
    _open_posting(officer, agency, role, by=by, at=at, why=_("akun baru"))
    return NewAccount(officer, password)


@transaction.atomic
def post_officer(*, officer: Officer, agency: Agency, role: str, why: str, by: Administering, at: datetime) -> Posting:
    """The officer serves the agency in the role; the posting before has ended, its keys and sessions with it."""
    demand_reach(officer, by=by, at=at)
    demand_administration(by, agency.pk, at=at)
    demand_account(officer)
    _end_posting(officer, why=why, at=at)
    withdraw_tokens(officer, at=at)
    sessions.end_all(officer=officer, reason=sessions.POSTING_ENDED, by=by, at=at, why=why)
    return _open_posting(officer, agency, role, by=by, at=at, why=why)


@transaction.atomic
def end_service(*, officer: Officer, why: str, by: Administering, at: datetime) -> None:
    """The officer serves nowhere and is signed out; the account stays, sees nothing, and can be posted again."""
    demand_reach(officer, by=by, at=at)
    if not _end_posting(officer, why=why, at=at):
        raise OfficerOffDuty(_("Petugas ini tidak sedang bertugas di mana pun."))
    withdraw_tokens(officer, at=at)
    sessions.end_all(officer=officer, reason=sessions.POSTING_ENDED, by=by, at=at, why=why)
    trail.record(Trail.OFFICER_LEFT, by=by, at=at, on=officer.ref, why=why)


@transaction.atomic
def revoke_officer(*, officer: Officer, why: str, by: Administering, at: datetime) -> None:
    """The account is shut: no sign-in, no open session, no key, no posting."""
    demand_reach(officer, by=by, at=at)
    _end_posting(officer, why=why, at=at)
    withdraw_tokens(officer, at=at)
    officer.is_active = False
    officer.set_unusable_password()  # every session carries a hash of the password: all of them end
    officer.save(update_fields=["is_active", "password"])
    sessions.end_all(officer=officer, reason=sessions.ACCOUNT_REVOKED, by=by, at=at, why=why)
    trail.record(Trail.OFFICER_REVOKED, by=by, at=at, on=officer.ref, why=why)


@transaction.atomic
def reset_password(*, officer: Officer, why: str, by: Administering, at: datetime) -> NewAccount:
    """The officer has a new random password to be changed at the next sign-in; open sessions have ended, keys too."""
    demand_reach(officer, by=by, at=at)
    demand_account(officer)
    password = _first_password()
    officer.set_password(password)
    officer.must_change_password = True
    officer.first_password_at = at
    officer.save(update_fields=["password", "must_change_password", "first_password_at"])
    sessions.end_all(officer=officer, reason=sessions.PASSWORD_CHANGED, by=by, at=at, why=why)
    facts = {"keys": withdraw_tokens(officer, at=at)}
    trail.record(Trail.PASSWORD_RESET, by=by, at=at, on=officer.ref, why=why, facts=facts)
    return NewAccount(officer, password)


@transaction.atomic
def reset_second_factor(*, officer: Officer, why: str, by: Administering, at: datetime) -> None:
    """The officer has no second factor, no session and no key; where the role needs a factor, the next sign-in leads to one."""
    demand_reach(officer, by=by, at=at)
    factors = Authenticator.objects.filter(user=officer)
    kinds = sorted(set(factors.values_list("type", flat=True)))
    if not kinds:
        raise NoSecondFactor(_("Petugas ini tidak punya faktor kedua."))
    factors._raw_delete(factors.db)  # the row below names who took them away; the library's own would name the officer
    sessions.end_all(officer=officer, reason=sessions.BY_ADMINISTRATOR, by=by, at=at, why=why)
    facts = {"kind": ", ".join(kinds), "keys": withdraw_tokens(officer, at=at)}
    trail.record(Trail.SECOND_FACTOR_REMOVED, by=by, at=at, on=officer.ref, why=why, facts=facts)


@transaction.atomic
def end_sessions(*, officer: Officer, why: str, by: Administering, at: datetime) -> int:
    """The officer is signed out everywhere and may sign in again; keys, which programs use, go on. Return how many ended."""
    demand_reach(officer, by=by, at=at)
    return sessions.end_all(officer=officer, reason=sessions.BY_ADMINISTRATOR, by=by, at=at, why=why)


@transaction.atomic
def change_own_password(
    *, officer: Officer, present: str, wanted: str, by: trail.Acting, at: datetime, session: UUID | None = None
) -> None:
    """The officer has the password that they chose themselves; their other sessions have ended, their keys go on."""
    one_at_a_time(officer)
    if not officer.check_password(present):
        raise PresentPasswordWrong(_("Sandi sekarang tidak cocok. Ketik ulang sandi yang Anda pakai untuk masuk."))
    if Officer.objects.filter(with_lapsed_first_password(at=at), pk=officer.pk).exists():
        raise PasswordRefused(
            _(
                "Sandi pertama ini lebih tua dari %(days)d hari dan tidak berlaku lagi. Minta administrator membuat yang baru."
            )
            % {"days": FIRST_PASSWORD_LASTS.days}
        )
    if present == wanted:
        raise PasswordRefused(_("Sandi baru sama dengan sandi sekarang. Pilih sandi lain."))
    try:
        validate_password(wanted, officer)
    except ValidationError as refusal:
        raise PasswordRefused(_("Sandi baru terlalu lemah. Pilih sandi lain."), details=refusal.messages) from refusal
    officer.set_password(wanted)
    officer.must_change_password = False
    officer.save(update_fields=["password", "must_change_password"])
    sessions.end_all(officer=officer, reason=sessions.PASSWORD_CHANGED, by=by, at=at, keep=session)
    trail.record(Trail.PASSWORD_CHANGED, by=by, at=at, on=officer.ref)


@transaction.atomic
def issue_token(
    *,
    officer: Officer,
    name: str,
    purpose: str,
    expires_at: datetime,
    by: trail.Acting,
    at: datetime,
    scopes: Collection[str] = (),
) -> NewToken:
    """The officer has a key until that instant for the present agency and role; its secret is nowhere but in the answer."""
    if not at < expires_at <= at + LONGEST_TOKEN:
        raise TokenRefused(_("Kunci berlaku paling lama setahun dan tidak boleh sudah habis. Pilih hari lain."))
    if unknown := [scope for scope in scopes if not SCOPE.fullmatch(scope)]:
        raise TokenRefused(_("Cakupan kunci tidak dikenal. Tulis seperti events:read."), details=unknown)
    one_at_a_time(officer)
    posting = officer.postings.filter(ended_at__isnull=True).first()
    if posting is None:
        raise OfficerOffDuty(_("Petugas ini tidak sedang bertugas di mana pun."))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        officer=officer,
        agency_id=posting.agency_id,
        role=posting.role,
        scopes=sorted(set(scopes)),
        name=name,
        hashed=sha256_hex(secret.encode()),
        purpose=purpose,
        created_at=at,
        expires_at=expires_at,
    )
    facts = {"officer": officer.ref, "purpose": purpose, "role": posting.role, "scopes": token.scopes}
    trail.record(Trail.TOKEN_ISSUED, by=by, at=at, on=f"token:{token.pk}", facts=facts)
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: trail.Acting, at: datetime, why: str = "") -> None:
    """The key opens nothing any more."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        facts = {"officer": token.officer.ref}
        trail.record(Trail.TOKEN_REVOKED, by=by, at=at, on=f"token:{token.pk}", why=why, facts=facts)


@transaction.atomic
def withdraw_token(*, token: ApiToken, why: str, by: Administering, at: datetime) -> None:
    """The key of an officer whom this administrator looks after opens nothing any more."""
    demand_reach(token.officer, by=by, at=at)
    revoke_token(token=token, why=why, by=by, at=at)


def note_token_used(token: ApiToken, *, on: date) -> None:
    """Remember the last day on which the key was used: one write a day, not one a call."""
    if token.last_used_on != on:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=on)


def with_lapsed_first_password(*, at: datetime) -> Q:
    """Return the filter for officers whose password is a first one that opens nothing any more."""
    before = at - FIRST_PASSWORD_LASTS
    is_old = Q(first_password_at__lt=before) | Q(first_password_at__isnull=True, date_joined__lt=before)
    return Q(must_change_password=True) & is_old


def _first_password() -> str:
    return secrets.token_urlsafe(12)


def withdraw_tokens(officer: Officer, *, at: datetime) -> int:
    """No key of the officer opens anything any more; return how many were withdrawn now."""
    return officer.tokens.filter(revoked_at__isnull=True).update(revoked_at=at)


def demand_reach(officer: Officer, *, by: Administering, at: datetime) -> None:
    """Raise unless this administrator looks after the officer, who is somebody else: as stored now, and for as long as the deed takes."""
    one_at_a_time(officer)
    if by.ref == officer.ref:
        raise NotOneself(_("Penugasan dan akun sendiri diurus oleh administrator lain."))
    last = officer.postings.order_by("-started_at", "-id").first()
    if not reaches_all(by):
        demand_administration(by, last.agency_id if last else "", at=at)


def one_at_a_time(officer: Officer) -> None:
    """The officer is as stored now, and every other deed on them waits until this one is done."""
    officer.refresh_from_db(from_queryset=Officer.objects.select_for_update(no_key=True))


def demand_account(officer: Officer) -> None:
    """Raise AccountRevoked when the account is shut."""
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
