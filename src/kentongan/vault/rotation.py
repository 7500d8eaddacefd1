"""A new master key: every data key is wrapped anew, then the old master key is destroyed. Safe to stop and to repeat.

Destroying the old key is also what finishes an erasure: a backup of before holds the erased record's wrapped data key, and
nothing opens that any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from . import keys
from .binding import bound_to
from .models import MasterKey, SealedIdentity
from .sealing import MasterSecret, rewrapped

BATCH = 200

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rotated:
    """Under which key everything is now, how many records were rewrapped, and which keys are gone."""

    fingerprint: str
    rewrapped: int
    retired: tuple[str, ...]


def rotate(*, at: datetime, progress: Progress = lambda _done, _total: None) -> Rotated:
    """Everything is under a new master key and the old ones are destroyed; a rotation that was stopped is finished instead."""
    newest = _target(at)
    done, waiting = 0, SealedIdentity.objects.exclude(master=newest.fingerprint)
    total = waiting.count()
    while keys_left := list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            done += _rewrap(keys_left, newest)
        progress(done, max(total, done))
    return Rotated(newest.fingerprint, done, _retire_older(at))


def _target(at: datetime) -> MasterSecret:
    with transaction.atomic():
        newest = keys.current(at=at)
        standing = MasterKey.objects.filter(retired_at__isnull=True).order_by("-number")
        if len(standing) > 1:
            return newest
        return keys.make(number=standing[0].number + 1, at=at)


def _rewrap(pks: list[UUID], newest: MasterSecret) -> int:
    rows = SealedIdentity.objects.select_for_update(of=("self",)).select_related("identity").filter(pk__in=pks)
    done = 0
    for row in rows.exclude(master=newest.fingerprint):
        wrapped = rewrapped(
            bytes(row.wrapped_key), old=keys.secret(row.master), new=newest, bound_to=bound_to(row.identity)
        )
        done += SealedIdentity.objects.filter(pk=row.pk, master=row.master).update(
            wrapped_key=wrapped, master=newest.fingerprint
        )
    return done


def _retire_older(at: datetime) -> tuple[str, ...]:
    """Destroy the keys that wrap nothing any more; a writer that still holds one is waited for."""
    retired = []
    highest = MasterKey.objects.order_by("-number").values_list("number", flat=True).first()
    for number in MasterKey.objects.filter(number__lt=highest, retired_at__isnull=True).values_list(
        "number", flat=True
    ):
        with transaction.atomic():
            key = MasterKey.objects.select_for_update().get(number=number)
            if SealedIdentity.objects.filter(master=key.fingerprint).exists():
                continue
            key.retired_at = at
            key.save(update_fields=["retired_at"])
            facts = {"number": number, "key": key.fingerprint}
            trail.record(Trail.VAULT_KEY_RETIRED, by=trail.Keeper(), at=at, on=f"masterkey:{number}", facts=facts)
        retired.append(key.fingerprint)
    for fingerprint in MasterKey.objects.filter(retired_at__isnull=False).values_list("fingerprint", flat=True):
        keys.path_of(fingerprint).unlink(missing_ok=True)
    return tuple(retired)
