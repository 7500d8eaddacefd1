"""Groups of records under rules that no probability overrides."""

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from .matching import Pair
from .model import NEAR_NAME, SIMILAR_NAME
from .records import Prepared


def may_be_one(left: Prepared, right: Prepared) -> bool:
    """Return whether no rule forbids that two records are of one person: not two NIKs, not two children of one parent.

    Shapes:  two records.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Rules".
    """
    if left.nik and right.nik:
        return left.nik == right.nik
    return not are_siblings(left, right)


def are_siblings(left: Prepared, right: Prepared) -> bool:
    """Return whether two records read as two children: one parent, one village, and another name or another birth.

    Shapes:  two records.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Rules".
    """
    if not left.parent or not left.village or (left.parent, left.village) != (right.parent, right.village):
        return False
    likeness = 1.0 if _is_within(left, right) else _likeness(left.words, right.words)
    if not left.born or not right.born:
        return likeness < SIMILAR_NAME
    is_one_day = left.born_either == right.born_either or DamerauLevenshtein.distance(left.born, right.born) <= 1
    return likeness < (NEAR_NAME if is_one_day else 1.0)


def clusters(rows: Sequence[Prepared], pairs: Iterable[Pair], *, at_least: float) -> list[tuple[str, ...]]:
    """Return the groups of two and more that the pairs join, the likeliest pairs first, and that break no rule.

    Where two groups together would hold two records that may not be of one person, they stay two.

    Shapes:  (records,) and their pairs; every record in at most one group, refs in order.
    Units:   probability in [0, 1].
    Errors:  KeyError when a pair names a record that is not there.
    Source:  docs/methods/record-linkage.md, section "Rules".
    """
    by_ref = {one.ref: one for one in rows}
    group_of: dict[str, list[str]] = {}
    for pair in sorted(pairs, key=lambda one: (-one.probability, one.left, one.right)):
        if pair.probability < at_least:
            break
        left, right = (group_of.get(ref, [ref]) for ref in (pair.left, pair.right))
        if left is not right and all(may_be_one(by_ref[a], by_ref[b]) for a in left for b in right):
            joined = left + right
            group_of.update(dict.fromkeys(joined, joined))
    groups = {id(group): group for group in group_of.values()}.values()
    return sorted(tuple(sorted(group)) for group in groups)


def _is_within(left: Prepared, right: Prepared) -> bool:
    """Whether the one name is a part of the other: "Maria" in "Maria Bere"."""
    return set(left.words) <= set(right.words) or set(right.words) <= set(left.words)


def _likeness(left: Sequence[str], right: Sequence[str]) -> float:
    """Return how like the two names are in the word in which they differ most: a common family name makes nobody alike."""
    fewer, more = sorted((left, right), key=len)
    return min((max(JaroWinkler.similarity(one, other) for other in more) for one in fewer), default=0.0)
