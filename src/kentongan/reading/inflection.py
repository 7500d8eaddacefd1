"""Forms of Indonesian words: a term of the vocabulary is found in every form that a newspaper writes it in.

Only what changes the look of a word and not its sense is undone: active and passive (menangkap, ditangkap, tangkap),
noun and verb (penyelundupan, menyelundupkan), and the small words written onto the end (-nya, -lah, -pun).
"""

from collections.abc import Iterator
from functools import cache, lru_cache

_VERB_ENDINGS = ("", "kan", "i")
_NOUNS_WITHOUT_VERB = frozenset(
    {"pertemuan", "penerima", "pencari", "pelintas", "peziarah", "pekerja", "pengungsi", "pelatihan", "perempuan"}
)
_ENCLITICS = ("nya", "lah", "pun", "kah")


@cache
def forms(term: str) -> frozenset[str]:
    """Return a folded term with its other forms; only the first or only word of a term changes."""
    first, space, rest = term.partition(" ")
    return frozenset(f"{form}{space}{rest}" for form in {first, *_verb_forms(first)})


@lru_cache(maxsize=65536)
def without_enclitic(word: str) -> str | None:
    """Return the word without a small word written onto its end, None where there is none."""
    for tail in _ENCLITICS:
        if word.endswith(tail) and len(word) - len(tail) > 2:
            return word[: -len(tail)]
    return None


def _verb_forms(word: str) -> Iterator[str]:
    if len(word) < 6 or word in _NOUNS_WITHOUT_VERB:
        return
    if word.startswith("di") and len(word) > 6:
        yield from _active_and_bare(word[2:])
    elif word.startswith(("mem", "men", "meng", "meny", "me")):
        for root in _roots(word, "me"):
            yield "di" + root
            yield root
    elif word.startswith("pe") and word.endswith("an") and not word.startswith("per"):
        for root in _roots(word[:-2], "pe"):
            for ending in _VERB_ENDINGS:
                yield "di" + root + ending
                yield from _active(root + ending)
            yield root + "kan"


def _active_and_bare(root: str) -> Iterator[str]:
    yield root
    yield from _active(root)


def _active(root: str) -> Iterator[str]:
    """Yield the active form; the first letters k, p, s, t melt into the prefix."""
    head = root[:1]
    if head == "k":
        yield "meng" + root[1:]
    elif head == "p":
        yield "mem" + root[1:]
    elif head == "s":
        yield "meny" + root[1:]
    elif head == "t":
        yield "men" + root[1:]
    elif head in "bf":
        yield "mem" + root
    elif head in "cdjz":
        yield "men" + root
    elif head in "aeiough":
        yield "meng" + root
    else:
        yield "me" + root


def _roots(word: str, prefix: str) -> Iterator[str]:
    """Yield the roots that a prefixed word may have; a root that is no word does no harm, it never occurs."""
    if word.startswith(prefix + "ny"):
        yield "s" + word[len(prefix) + 2 :]
    elif word.startswith(prefix + "ng"):
        rest = word[len(prefix) + 2 :]
        yield rest if rest[:1] in "aeiougkh" else "k" + rest
        if rest[:1] in "aeiou":
            yield "k" + rest
    elif word.startswith(prefix + "m"):
        rest = word[len(prefix) + 1 :]
        yield rest if rest[:1] in "bfpv" else "p" + rest
    elif word.startswith(prefix + "n"):
        rest = word[len(prefix) + 1 :]
        yield rest if rest[:1] in "cdjtz" else "t" + rest
    elif word.startswith(prefix):
        yield word[len(prefix) :]
