"""Deeds of an officer on the own channels: an address proven by a code, browsers, quiet hours."""

import re
import secrets
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from kentongan.agencies import limits
from kentongan.agencies.models import Officer
from kentongan.agencies.sessions import Oneself
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError

from . import outgoing, web_push
from .actions import put_code
from .channels import why_off
from .models import NoticeSettings, PushSubscription, ReachableBy
from .rules import BY_ADDRESS, Channel

CODE_LASTS = timedelta(minutes=15)
CODES = limits.Limit("address_code", most=5, within_s=3600)
"""Codes that an officer may ask for: each is a message to somebody's address."""

TRIES = limits.Limit("address_code_tried", most=5, within_s=int(CODE_LASTS.total_seconds()))
"""Answers to one code; after so many wrong ones not even the right one proves anything."""

MOST_BROWSERS = 10
TELEPHONE = re.compile(r"\+[1-9]\d{6,14}")  # E.164
_NOT_A_DIGIT = re.compile(r"[\s().-]")


class ChannelOff(KentonganError):
    """The installation has not set the channel up."""

    code = "messages.channel_off"


class WrongAddress(KentonganError):
    """This is no address of that channel."""

    code = "messages.wrong_address"


class CodeRefused(KentonganError):
    """The code is wrong, too old or was tried too often."""

    code = "messages.code_refused"


class BrowserRefused(KentonganError):
    """What the browser sent is no subscription."""

    code = "messages.browser_refused"


class QuietHoursRefused(KentonganError):
    """The quiet hours have no two different ends."""

    code = "messages.quiet_hours_refused"


@transaction.atomic
def add_address(*, officer: Officer, channel: str, address: str, at: datetime) -> ReachableBy:
    """The address stands in place of the former one on this channel, unproven, and a code is on its way to it."""
    chosen = Channel(channel)
    if off := why_off(chosen):
        raise ChannelOff(off)
    normal = normal_address(chosen, address)
    if not limits.take(CODES, officer.ref):
        raise limits.too_many()
    code = f"{secrets.randbelow(10**6):06d}"
    row, _made = ReachableBy.objects.update_or_create(
        officer=officer,
        channel=chosen,
        defaults={
            "address": normal, "is_on": True, "added_at": at, "verified_at": None,
            "code_hash": _hashed(officer, normal, code), "code_until": at + CODE_LASTS,
        },
    )  # fmt: skip
    put_code(reachable=row, code=code, key=f"code:{row.pk}:{secrets.token_hex(8)}", at=at)
    trail.record(Trail.ADDRESS_ADDED, by=Oneself(officer), at=at, on=officer.ref, facts={"channel": chosen.value})
    return row


def prove_address(*, officer: Officer, channel: str, code: str, at: datetime) -> ReachableBy:
    """The address is proven and used from now on.

    The try is counted outside of the deed's transaction, so that a refusal does not take it back.
    """
    row = ReachableBy.objects.filter(officer=officer, channel=channel).exclude(code_hash="").first()
    if row is None or not limits.take(TRIES, row.code_hash):
        raise _code_refused()
    if not constant_time_compare(row.code_hash, _hashed(officer, row.address, code.strip())):
        raise _code_refused()
    return _proven(row, officer, at)


@transaction.atomic
def _proven(row: ReachableBy, officer: Officer, at: datetime) -> ReachableBy:
    open_code = ReachableBy.objects.filter(pk=row.pk, code_hash=row.code_hash, code_until__gt=at)
    if not open_code.update(verified_at=at, code_hash="", code_until=None):
        raise _code_refused()
    trail.record(Trail.ADDRESS_PROVED, by=Oneself(officer), at=at, on=officer.ref, facts={"channel": row.channel})
    row.refresh_from_db()
    return row


def _code_refused() -> CodeRefused:
    return CodeRefused(_("Kode salah atau sudah tidak berlaku. Periksa pesan terakhir, atau minta kode baru."))


@transaction.atomic
def switch_address(*, officer: Officer, channel: str, is_on: bool, at: datetime) -> None:
    """The officer is told by this channel, or no more."""
    if ReachableBy.objects.filter(officer=officer, channel=channel).exclude(is_on=is_on).update(is_on=is_on):
        trail.record(
            Trail.ADDRESS_SWITCHED, by=Oneself(officer), at=at, on=officer.ref,
            facts={"channel": channel, "is_on": is_on},
        )  # fmt: skip


@transaction.atomic
def remove_address(*, officer: Officer, channel: str, at: datetime) -> None:
    """The address is not kept any more."""
    removed, _by_model = ReachableBy.objects.filter(officer=officer, channel=channel).delete()
    if removed:
        trail.record(Trail.ADDRESS_REMOVED, by=Oneself(officer), at=at, on=officer.ref, facts={"channel": channel})


@transaction.atomic
def subscribe_browser(
    *, officer: Officer, endpoint: str, p256dh: str, auth: str, device: str, at: datetime
) -> PushSubscription:
    """The browser is the officer's until it unsubscribes; whose it was before, it is no more."""
    if off := why_off(Channel.PUSH):
        raise ChannelOff(off)
    if len(endpoint) > 2000 or not web_push.is_browser_key(p256dh, auth):
        raise BrowserRefused(_("Peramban mengirim langganan yang tidak lengkap. Muat ulang halaman, lalu coba lagi."))
    outgoing.target_of(endpoint)
    fingerprint = sha256_hex(endpoint.encode())
    present = PushSubscription.objects.filter(fingerprint=fingerprint, ended_at__isnull=True)
    if same := present.filter(officer=officer, p256dh=p256dh, auth=auth).first():
        return same
    present.update(ended_at=at, end_reason="taken_over")
    own = PushSubscription.objects.filter(officer=officer, ended_at__isnull=True).order_by("-made_at", "-id")
    for old in own[MOST_BROWSERS - 1 :]:
        PushSubscription.objects.filter(pk=old.pk).update(ended_at=at, end_reason="too_many")
    row = PushSubscription.objects.create(
        officer=officer, endpoint=endpoint, fingerprint=fingerprint, p256dh=p256dh, auth=auth, device=device[:200],
        made_at=at,
    )  # fmt: skip
    trail.record(Trail.BROWSER_SUBSCRIBED, by=Oneself(officer), at=at, on=row.ref)
    return row


@transaction.atomic
def unsubscribe_browser(*, officer: Officer, subscription: int, at: datetime) -> bool:
    """The browser is not told any more; return whether it was until now."""
    own = PushSubscription.objects.filter(officer=officer, pk=subscription, ended_at__isnull=True)
    if not own.update(ended_at=at, end_reason="by_officer"):
        return False
    trail.record(Trail.BROWSER_UNSUBSCRIBED, by=Oneself(officer), at=at, on=f"push_subscription:{subscription}")
    return True


@transaction.atomic
def set_quiet_hours(
    *, officer: Officer, quiet_from: time | None, quiet_to: time | None, zone: str, at: datetime
) -> None:
    """What can wait, waits during these hours; without hours nothing does. Alerts never wait."""
    if (quiet_from is None) != (quiet_to is None) or (quiet_from is not None and quiet_from == quiet_to):
        raise QuietHoursRefused(_("Isi awal dan akhir jam tenang, dan jangan sama; atau kosongkan keduanya."))
    NoticeSettings.objects.update_or_create(
        officer=officer, defaults={"quiet_from": quiet_from, "quiet_to": quiet_to, "zone": zone}
    )
    trail.record(
        Trail.QUIET_HOURS_SET, by=Oneself(officer), at=at, on=officer.ref, facts={"has_hours": quiet_from is not None}
    )


def normal_address(channel: Channel, address: str) -> str:
    """Return the address as it is kept, or raise WrongAddress."""
    if channel not in BY_ADDRESS:
        raise WrongAddress(_("Saluran ini tidak memakai alamat."))
    if channel == Channel.EMAIL:
        try:
            validate_email(address.strip())
        except ValidationError as fault:
            raise WrongAddress(_("Ini bukan alamat surel. Contoh: nama@instansi.go.id.")) from fault
        return address.strip()
    number = _NOT_A_DIGIT.sub("", address)
    if not TELEPHONE.fullmatch(number):
        raise WrongAddress(_("Tulis nomor lengkap dengan kode negara, mulai dengan tanda tambah."))
    return number


def _hashed(officer: Officer, address: str, code: str) -> str:
    return salted_hmac(f"kentongan.messages.code:{officer.pk}:{address}", code, algorithm="sha256").hexdigest()
