"""Sealing: rows of the trail become leaves of the tree, and a signed head says so. Any number of sealers may try.

Leaves stand in the order of sealing. On PostgreSQL a row can commit after one with a higher id, so ids that are missing
below the highest sealed one stay *open* and travel in the head: the row is sealed, later, when it comes. A gap closes once
every transaction that was under way when it was seen has ended; then nothing honest can come any more, and a row that does
is named by the verification. SQLite has one writer at a time: there the ids commit in order and nothing is ever open.

Reading and hashing hold no lock. The leaves, the subtrees and the head are then written in one transaction whose first row
collides with that of any other sealer: one of them wins whole, and a sealer that dies leaves nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from . import keys, leaves
from .merkle import Completed, Frontier, frontier_of
from .models import SealedLeaf, SealedSubtree, TreeHead
from .notes import Head, MalformedNote, head_of, note_of, signed, signer_among
from .stored_rows import rows_of, trail_rows
from .stored_tree import StoredTree

BATCH = 20_000
"""Rows of one head: the write lock of SQLite is held for some tenths of a second, and deeds go on in between."""

HEAD_AT_LEAST_EVERY = timedelta(hours=1)
GAP_AT_LEAST = timedelta(hours=1)
"""A gap stays open that long in any case: transactions of other database roles cannot be seen."""

Gap = tuple[int, int, str]
"""Ids that may still come: first, last, and since when by the database's clock."""


class SealBroken(KentonganError):
    """What is sealed is not what was signed: nothing may be sealed on top of it."""

    code = "audit.seal_broken"


class RowUnreadable(KentonganError):
    """A row has a form that this program does not write."""

    code = "audit.row_unreadable"


@dataclass(frozen=True, slots=True)
class _Due:
    """Rows to be sealed in this order, and what is open afterwards."""

    rows: list[leaves.Row]
    rows_to: int
    open_gaps: tuple[Gap, ...]


def seal_all(*, clock: Callable[[], datetime], sealed: Callable[[int], None] = lambda _number: None) -> int:
    """Every row committed before the call is under a signed head, by this sealer or a quicker one; return how many by this."""
    before = size = last_size()
    while (head := seal(at=clock())) is not None:
        sealed(head.size - size)
        is_last = head.size - size < BATCH
        size = head.size
        if is_last:
            break
    return size - before


def seal(*, at: datetime, most: int = BATCH) -> Head | None:
    """Seal waiting rows and return the new head; None when nothing is due or another sealer was quicker.

    Without new rows a head is due an hour after the last, so that a partner sees that nothing was held back.
    """
    last = last_head()
    due = _due(last, most)
    if not due.rows and (last is None or at - _time_of(last) < HEAD_AT_LEAST_EVERY):
        return None
    signer = keys.signer(at=at)
    frontier = _frontier(last)
    hashes = [_hash(row) for row in due.rows]
    completed = frontier.extend(hashes)
    head = Head(
        origin=signer.name,
        number=last.number + 1 if last else 1,
        at=leaves.instant(max(at, _time_of(last)) if last else at),
        size=frontier.size,
        root=frontier.root(),
        rows_to=due.rows_to,
        open_gaps=due.open_gaps,
        previous=last.digest if last else "",
        leaf_version=leaves.VERSION,
    )
    first = frontier.size - len(hashes)
    places = [(first + n, row[0], node) for n, (row, node) in enumerate(zip(due.rows, hashes, strict=True))]
    try:
        _write(head, signed(head.text, [signer]), signer.verifier.id.hex(), places, completed)
    except IntegrityError:
        if TreeHead.objects.filter(number=head.number).exists():
            return None
        raise
    return head


def _frontier(last: Head | None) -> Frontier:
    """Return the tree to go on from; SealBroken unless it is the very one that a key of ours has signed."""
    if last is None:
        return Frontier()
    frontier = frontier_of(StoredTree(), last.size)
    note = TreeHead.objects.values_list("note", flat=True).get(number=last.number)
    if frontier.root() != last.root or signer_among(note_of(note), keys.verifiers()) is None:
        raise _broken(last.number)
    return frontier


def _broken(number: int) -> SealBroken:
    return SealBroken(
        _(
            "Pohon segel bukan yang ditandatangani kepala %(head)s; tidak ada yang disegel di atasnya. Jalankan %(command)s."
        )
        % {"head": number, "command": "`kentongan audit verify`"}
    )


def _hash(row: leaves.Row) -> bytes:
    try:
        return leaves.leaf_hash(row)
    except leaves.MalformedRow as fault:
        raise RowUnreadable(
            _(
                "Baris %(row)s tidak ditulis program ini dan tidak dapat disegel (%(why)s). Periksa siapa yang menulis basis data."
            )
            % {"row": row[0], "why": fault}
        ) from fault


def last_head() -> Head | None:
    """Return the newest head, or None before the first; SealBroken when what stands in its place is none."""
    newest = TreeHead.objects.order_by("-number").values_list("number", "note").first()
    if newest is None:
        return None
    number, note = newest
    try:
        head = head_of(note_of(note).text)
    except MalformedNote as fault:
        raise _broken(number) from fault
    if head.number != number:
        raise _broken(number)
    return head


def last_size() -> int:
    """Return how many rows are sealed."""
    return TreeHead.objects.order_by("-number").values_list("size", flat=True).first() or 0


@transaction.atomic
def _write(
    head: Head, note: str, key: str, places: Sequence[tuple[int, int, bytes]], completed: Sequence[Completed]
) -> None:
    """The head stands, with everything under it. It comes first: there another sealer collides, before any work."""
    TreeHead.objects.create(
        number=head.number,
        origin=head.origin,
        at=_time_of(head),
        size=head.size,
        root=head.root,
        key=key,
        note=note,
    )
    _insert(SealedLeaf._meta.db_table, ("position", "trail_row", "hash"), ("bigint", "bigint", "bytea"), places)
    _insert(SealedSubtree._meta.db_table, ("level", "position", "hash"), ("smallint", "bigint", "bytea"), completed)


def _insert(table: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows quickly: one statement with arrays on PostgreSQL, one prepared statement on SQLite."""
    if not rows:
        return
    into = f"INSERT INTO {table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in types)
            in_columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(f"{into} SELECT * FROM unnest({arrays})", in_columns)  # noqa: S608 - our own names
        else:
            cursor.executemany(f"{into} VALUES ({', '.join(['%s'] * len(columns))})", rows)


def _due(last: Head | None, most: int) -> _Due:
    """Return what to seal next: first what came late into open gaps, then what is new, both by id."""
    rows_to, known = (last.rows_to, last.open_gaps) if last else (0, ())
    # asked before the rows are read: what had ended by then is seen by the reading
    all_began_after = _oldest_transaction() if known else ""
    late = [row for gap in known for row in trail_rows("t.id BETWEEN %s AND %s ORDER BY t.id", gap[0], gap[1])]
    if len(late) > most:
        late, all_began_after = late[:most], ""  # the others wait in their gaps
    new = trail_rows("t.id > %s ORDER BY t.id LIMIT %s", rows_to, most - len(late))
    still_open = [
        part for gap in known for part in _without(gap, [row[0] for row in late]) if gap[2] >= all_began_after
    ]
    ids = [rows_to, *(row[0] for row in new)]
    return _Due(late + new, ids[-1], (*still_open, *_gaps_between(ids)))


def _gaps_between(ids: Sequence[int]) -> Iterator[Gap]:
    """Yield the ids that are missing between these; on SQLite none of them can come any more."""
    if connection.vendor == "sqlite":
        return
    missing = [(one + 1, other - 1) for one, other in pairwise(ids) if other - one > 1]
    if missing:
        since = _database_time()  # after the rows were read: whoever holds a missing id had begun before
        yield from ((first, last, since) for first, last in missing)


def _without(gap: Gap, came: Sequence[int]) -> Iterator[Gap]:
    """Yield what is left of a gap when rows have come into it."""
    first, last, since = gap
    for row in sorted(row for row in came if first <= row <= last):
        if row > first:
            yield first, row - 1, since
        first = row + 1
    if first <= last:
        yield first, last, since


def _oldest_transaction() -> str:
    """Return an instant of the database's clock before which no transaction that is still under way began."""
    ((instant,),) = rows_of(
        "SELECT least(min(xact_start), clock_timestamp() - %s) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        GAP_AT_LEAST,
    )
    return leaves.instant(instant)


def _database_time() -> str:
    ((instant,),) = rows_of("SELECT clock_timestamp()")
    return leaves.instant(instant)


def _time_of(head: Head) -> datetime:
    return datetime.fromisoformat(head.at).astimezone(UTC)
