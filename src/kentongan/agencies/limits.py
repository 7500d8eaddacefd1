"""How often something may be tried, counted in the cache that all processes share.

Every attempt takes one of a limited number of slots, and a slot comes free again when its time is over. Taking a slot is
the cache's `add`, which only one of two rivals can win; a counter that is read, raised and written would lose attempts.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError


class TooManyAttempts(KentonganError):
    """Too many attempts from one address or for one account."""

    code = "agencies.too_many_attempts"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many attempts within so many seconds."""

    name: str
    most: int
    within_s: int


PASSWORD_CHECKS = Limit("password", most=5, within_s=300)
"""Wrong present passwords on the page where it is changed, per officer."""

TOKEN_FAILURES = Limit("token", most=30, within_s=300)
"""Keys that open nothing, per address. A key that stands is served all the same: offices share one address."""

PASSKEY_CHALLENGES = Limit("passkey", most=10, within_s=60)
"""Challenges for a sign-in with a passkey, per address: each leaves a row of a session behind."""

NOTED_ONCE = Limit("noted", most=1, within_s=3600)
"""Repetitions of one refusal that are worth one row of the trail."""


def take(limit: Limit, key: str) -> bool:
    """Take one slot and return True; return False when none was left."""
    slots = _slots(limit, key)
    taken = cache.get_many(slots)
    return any(cache.add(slot, 1, timeout=limit.within_s) for slot in slots if slot not in taken)


def is_exhausted(limit: Limit, key: str) -> bool:
    """Tell whether every slot is taken; takes none."""
    slots = _slots(limit, key)
    return len(cache.get_many(slots)) == len(slots)


def demand(limit: Limit, key: str) -> None:
    """Raise TooManyAttempts unless a slot is left; takes none."""
    if is_exhausted(limit, key):
        raise too_many()


def too_many() -> TooManyAttempts:
    """Return the one refusal of whoever tries too often."""
    return TooManyAttempts(_("Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi."))


def _slots(limit: Limit, key: str) -> list[str]:
    who = sha256(key.encode()).hexdigest()[:32]  # addresses and names stay out of the cache
    return [f"limit:{limit.name}:{who}:{number}" for number in range(limit.most)]
