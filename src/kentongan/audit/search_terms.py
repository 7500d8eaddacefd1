"""Search terms in the trail: digests under a secret of the month, worth nothing once the secret is destroyed.

An overseer who suspects a term can ask who searched for it, as long as the month's secret lives. The trail alone does not
tell the terms, and after the destruction neither does anybody. The secrets stand in a table of their own, because the
trail's rows are never erased and the secrets must be.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet

from .catalogue import Trail
from .models import SearchKey, TrailRow

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Digests:
    """The terms of one search, digested, and the month whose secret they were digested under."""

    key: str
    terms: tuple[str, ...]


def normalised(term: str) -> str:
    """Return the term as every way of typing it comes out: form of Unicode, case and white space count for nothing."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", term)).strip().casefold()


def digests(terms: Iterable[str], *, at: datetime) -> Digests:
    """Return HMAC-SHA-256 of each term that has one, under the secret of the month; the month's first search makes it."""
    meant = [term for term in map(normalised, terms) if term]
    month = month_of(at)
    key, _is_new = SearchKey.objects.get_or_create(
        month=month, defaults={"secret": secrets.token_bytes(32), "made_at": at}
    )
    return Digests(month, tuple(_digest(key, term) for term in meant))


def searches_for(term: str, *, among: QuerySet[TrailRow]) -> list[TrailRow]:
    """Return the rows of searches for the term, or for all of its words, the newest first, as far back as secrets live."""
    meant = normalised(term)
    if not meant:
        return []
    wanted = {
        key.month: (_digest(key, meant), {_digest(key, word) for word in meant.split()})
        for key in SearchKey.objects.all()
    }
    rows = among.filter(event=Trail.RECORDS_SEARCHED, facts__key__in=list(wanted)).order_by("-id")
    return [row for row in rows.iterator() if _was_meant(row.facts["terms"], *wanted[row.facts["key"]])]


def _was_meant(searched: Sequence[str], whole: str, words: Set[str]) -> bool:
    return whole in searched or words <= set(searched)


def first_month() -> str:
    """Return the month from which on searches can be matched with terms; blank when no secret lives."""
    return SearchKey.objects.order_by("month").values_list("month", flat=True).first() or ""


def _digest(key: SearchKey, term: str) -> str:
    return hmac.new(bytes(key.secret), term.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def month_of(at: datetime, *, months_before: int = 0) -> str:
    """Return the month in UTC, or one so many months before it."""
    day = at.astimezone(UTC)
    year, month = divmod(day.year * 12 + day.month - 1 - months_before, 12)
    return f"{year:04}-{month + 1:02}"
