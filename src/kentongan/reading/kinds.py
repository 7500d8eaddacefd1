"""Find what a text tells of: the codes of the vocabulary, each told as a fact, denied, planned, feared or long past.

The words come with the vocabulary; a new row is found without any code. What the words alone cannot settle stands in
word lists beside this module: which terms count only near others (a "penampungan" is harbouring only where the text
speaks of trafficking), and whose securing is whose ("diamankan": a suspect, a victim, or goods).
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import StringIO

from kentongan.reading.inflection import forms, without_enclitic
from kentongan.reading.knowledge import KindRow
from kentongan.reading.model import KindMention, Polarity
from kentongan.reading.text import Document
from kentongan.reading.words import COMMA, HYPHEN, OPEN, SLASH, SPACE, PhraseIndex, Words, key_of, word_lists, words_of

_TERM_GAPS = frozenset({SPACE, HYPHEN, SLASH})
_CLAUSE_GAPS = frozenset({SPACE, HYPHEN, SLASH, COMMA, OPEN, ")"})
_BUT = frozenset({"tetapi", "tapi", "namun", "melainkan", "sedangkan", "sementara", "maibe", "mas", "but"})
_WORDS_OF_ONE_LANGUAGE = {
    "la": ("tet",), "lae": ("tet",), "sei": ("tet",), "se": ("tet", "pt"), "no": ("en",), "not": ("en",), "nao": ("pt",), "nem": ("pt",),
    "if": ("en",), "will": ("en",), "vai": ("pt",), "ira": ("pt",),
}  # fmt: skip
_PLAIN_SENSE = 0.8  # from here on a verb keeps its sense when its object is not named
_EXISTENTIAL_REACH = 10
_CARRIED_OVER = frozenset({"yang", "dan", "dengan", "untuk"})
_NEGATION_REACH = 4
_PLAN_REACH = 5
_INSTRUMENT_CODES = frozenset({"RESP.MOU", "RESP.PKS", "RESP.LETTER"})
_BY_WAY_OF = frozenset({"lewat", "melalui", "via", "menggunakan"})
_CUE_REACH = 7
_OBJECT_REACH = 9


@dataclass(frozen=True, slots=True)
class _Term:
    """One way to write a kind: the code and the term as the vocabulary has it."""

    code: str
    kind_class: str
    term: str
    is_own_form: bool
    in_capitals: bool


@dataclass(frozen=True, slots=True)
class _Context:
    """What must, or must not, stand near a term for it to count."""

    codes: str
    terms: frozenset[str]
    reach: str
    needs_kinds: tuple[str, ...]
    needs_words: frozenset[str]
    unless_words: frozenset[str]

    def applies_to(self, code: str, term: str) -> bool:
        """Tell whether the rule is about this code and term."""
        about_code = code.startswith(self.codes) if self.codes.endswith(".") else code == self.codes
        return about_code and (not self.terms or term in self.terms)


@dataclass(frozen=True, slots=True)
class _ObjectRule:
    code: str
    objects: str
    confidence: float
    polarity: str
    why: str


@dataclass(frozen=True, slots=True)
class _Hit:
    first: int
    last: int
    term: _Term
    sentence: int
    confidence: float = 0.85
    why: str = ""
    at_most: str = ""  # the polarity that the words themselves allow


@cache
def _contexts() -> tuple[_Context, ...]:
    return tuple(
        _Context(
            codes=cells["codes"],
            terms=frozenset(key_of(term) for term in cells["terms"].split("|") if term),
            reach=cells["reach"],
            needs_kinds=tuple(code for code in cells["needs_kinds"].split("|") if code),
            needs_words=frozenset(key_of(word) for word in cells["needs_words"].split("|") if word),
            unless_words=frozenset(key_of(word) for word in cells["unless_words"].split("|") if word),
        )
        for cells in _table("kind_contexts.csv")
    )


@cache
def _contexts_of(code: str, term: str) -> tuple[_Context, ...]:
    return tuple(rule for rule in _contexts() if rule.applies_to(code, term))


@cache
def _object_rules() -> dict[tuple[str, str], _ObjectRule]:
    rules: dict[tuple[str, str], _ObjectRule] = {}
    for cells in _table("kind_objects.csv"):
        rule = _ObjectRule(
            cells["codes"], cells["objects"], float(cells["confidence"]), cells["polarity"], cells["why"]
        )
        for term in cells["terms"].split("|"):
            rules[(key_of(term), rule.code)] = rule
    return rules


@cache
def _cues(name: str) -> PhraseIndex[str]:
    return PhraseIndex(dict.fromkeys(word_lists("kind_cues.txt")[name], name))


@cache
def _objects() -> PhraseIndex[str]:
    return PhraseIndex(
        {word: name for name in ("victim", "suspect", "goods") for word in word_lists("kind_cues.txt")[name]}
    )


def _table(name: str) -> list[dict[str, str]]:
    text = files("kentongan.reading").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [{key: value or "" for key, value in cells.items()} for cells in csv.DictReader(StringIO(text, newline=""))]


class KindFinder:
    """Finds the kinds of a text; made once from the vocabulary, it keeps nothing between texts."""

    def __init__(self, kinds: Sequence[KindRow]) -> None:
        terms: defaultdict[str, list[_Term]] = defaultdict(list)
        for kind in kinds:
            for written in kind.terms:
                self._learn(kind, written, terms)
        self._terms: PhraseIndex[tuple[_Term, ...]] = PhraseIndex({key: tuple(found) for key, found in terms.items()})

    def _learn(self, kind: KindRow, written: str, terms: defaultdict[str, list[_Term]]) -> None:
        own = key_of(written)
        if not own:
            return
        in_capitals = " " not in own and written.isupper() and len(own) <= 4
        for form in {own} if in_capitals else forms(own):
            known = terms[form]
            if all(term.code != kind.code for term in known):
                known.append(_Term(kind.code, kind.kind_class, own, form == own, in_capitals))

    def find(self, document: Document) -> tuple[KindMention, ...]:
        """Return the kinds of the text in order; one word may speak for more than one kind."""
        words = words_of(document.body)
        text = _Text(document, words)
        hits = self._without_parts(list(self._scan(text)))
        decided = [hit for hit in (self._with_object(text, hit) for hit in hits) if hit is not None]
        kept = [hit for hit in decided if self._stands(text, hit, decided)]
        mentions: list[KindMention] = []
        for at, hit in enumerate(kept):
            leader = next((mentions[i] for i in range(at - 1, -1, -1) if text.is_joined(kept[i], hit)), None)
            mentions.append(self._mention(text, hit, leader))
        return tuple(mentions)

    def _scan(self, text: "_Text") -> Iterator[_Hit]:
        words = text.words
        for at in range(len(words)):
            for end, found in self._matches(words, at):
                for term in found:
                    if not term.in_capitals or words.upper[at] or text.document.lettering != "mixed":
                        yield _Hit(at, end, term, text.sentences[at])

    def _matches(self, words: Words, at: int) -> Iterator[tuple[int, tuple[_Term, ...]]]:
        matched = list(self._terms.at(words, at, _TERM_GAPS))
        yield from matched
        if not matched and (bare := without_enclitic(words.folded[at])) is not None:
            found = self._terms.get(bare)
            if found is not None:
                yield at + 1, found

    def _without_parts(self, hits: list[_Hit]) -> list[_Hit]:
        """Drop a term inside a longer one of the same family, and a kind told twice by one stretch of words."""
        kept: list[_Hit] = []
        for hit in sorted(hits, key=lambda hit: (hit.first - hit.last, hit.first)):
            clash = any(
                other.first <= hit.first and hit.last <= other.last and self._swallows(other, hit)
                for other in kept
                if other.first < hit.last and hit.first < other.last
            )
            if not clash:
                kept.append(hit)
        return sorted(kept, key=lambda hit: (hit.first, hit.last, hit.term.code))

    def _swallows(self, longer: _Hit, shorter: _Hit) -> bool:
        if longer.term.code == shorter.term.code:
            return True
        return longer.last - longer.first > shorter.last - shorter.first

    def _with_object(self, text: "_Text", hit: _Hit) -> _Hit | None:
        """Settle a verb whose sense depends on its object; None where the object speaks for another kind, or for none."""
        key = text.words.key(hit.first, hit.last)
        rule = _object_rules().get((key, hit.term.code)) or _object_rules().get((hit.term.term, hit.term.code))
        if rule is None:
            return hit
        settled = replace(hit, confidence=rule.confidence, why=rule.why, at_most=rule.polarity)
        if hit.last - hit.first > 1:
            return settled
        acted_on = text.object_of(hit)
        is_plain = rule.confidence >= _PLAIN_SENSE and acted_on != "goods"
        return settled if acted_on == rule.objects or is_plain else None

    def _stands(self, text: "_Text", hit: _Hit, hits: Sequence[_Hit]) -> bool:
        if hit.term.kind_class == "response" and text.is_in_name_of_body(hit):
            return False
        rules = _contexts_of(hit.term.code, hit.term.term)
        if any(rule.reach == "text" for rule in rules):
            return True
        return all(self._is_met(text, rule, hit, hits) for rule in rules)

    def _is_met(self, text: "_Text", rule: _Context, hit: _Hit, hits: Sequence[_Hit]) -> bool:
        if rule.unless_words and text.has_words(rule.unless_words, hit, rule.reach):
            return False
        if not rule.needs_kinds and not rule.needs_words:
            return True
        if rule.needs_words and text.has_words(rule.needs_words, hit, rule.reach):
            return True
        return any(
            other is not hit
            and other.term.code != hit.term.code
            and any(
                other.term.code == code or (other.term.code.startswith(code + ".") and not self._is_modus(other))
                for code in rule.needs_kinds
            )
            and text.are_near(other.sentence, hit.sentence, rule.reach)
            for other in hits
        )

    def _is_modus(self, hit: _Hit) -> bool:
        return hit.term.kind_class == "modus"

    def _mention(self, text: "_Text", hit: _Hit, leader: KindMention | None) -> KindMention:
        """Return the mention; one joined to another by "dan" or a bracket is meant in the same way."""
        words = text.words
        polarity, why = text.polarity(hit)
        if (
            polarity == "asserted"
            and leader is not None
            and leader.polarity != "asserted"
            and hit.term.kind_class != "status"
        ):
            polarity, why = leader.polarity, "dirangkai dengan kata sebelumnya"
        if polarity == "asserted" and hit.at_most == "hypothetical":
            polarity = "hypothetical"
        confidence = hit.confidence if hit.term.is_own_form else hit.confidence * 0.9
        reasons = ", ".join(filter(None, (hit.why or f"kata kunci: {hit.term.term}", why)))
        evidence = text.document.evidence(words.starts[hit.first], words.ends[hit.last - 1], confidence, reasons)
        return KindMention(evidence, hit.term.code, polarity, text.is_quoted(words.starts[hit.first]))


class _Text:
    """One text with what the finder asks of it: sentences, quotations, and the cue words around a term."""

    def __init__(self, document: Document, words: Words) -> None:
        self.document = document
        self.words = words
        self.sentences = self._sentence_indexes()
        self._quotes = tuple(_quotes(document.body))

    def _sentence_indexes(self) -> list[int]:
        sentences, found, index = self.document.sentences, [], 0
        for start in self.words.starts:
            while index + 1 < len(sentences) and sentences[index + 1].start <= start:
                index += 1
            found.append(index)
        return found

    def paragraph(self, sentence: int) -> int:
        return self.document.sentences[sentence].paragraph if 0 <= sentence < len(self.document.sentences) else -1

    def are_near(self, one: int, other: int, reach: str) -> bool:
        if reach == "sentence":
            return one == other
        return one == other or (
            reach == "paragraph" and (self.paragraph(one) == self.paragraph(other) or abs(one - other) == 1)
        )

    def is_joined(self, one: _Hit, other: _Hit) -> bool:
        """Tell whether two terms are parts of one list: "TPPO dan TPPM", "perdagangan orang (TPPO)"."""
        words = self.words
        if one.sentence != other.sentence or not 0 <= other.first - one.last <= 2:
            return False
        between = words.folded[one.last : other.first]
        gaps = words.gaps[one.last : other.first + 1]
        if not between:
            return gaps[0] in (OPEN, COMMA, SLASH, HYPHEN) or self._ends_a_bracket_in_a_list(one, other)
        return between[-1] in ("dan", "atau", "maupun", "serta", "isu") and all(
            gap in (SPACE, COMMA, ")") for gap in gaps
        )

    def _ends_a_bracket_in_a_list(self, one: _Hit, other: _Hit) -> bool:
        words = self.words
        return words.text[words.ends[one.last - 1] : words.starts[other.first]].strip() == "),"

    def is_in_name_of_body(self, hit: _Hit) -> bool:
        words, at = self.words, hit.first
        while at > 0 and hit.first - at < 6 and words.gaps[at] in (SPACE, COMMA) and words.capital[hit.first]:
            at -= 1
            if words.capital[at] and _cues("body").get(words.folded[at]):
                return True
            if not words.capital[at] and words.folded[at] != "dan":
                return False
        return False

    def has_words(self, wanted: frozenset[str], hit: _Hit, reach: str) -> bool:
        """Tell whether one of the words or phrases stands near a term, outside the term itself."""
        first, last = self._stretch(hit, reach)
        for at in range(first, last):
            for count in range(1, min(4, last - at + 1)):
                is_term_itself = count == 1 and hit.first <= at < hit.last
                if not is_term_itself and self.words.key(at, at + count) in wanted:
                    return True
        return False

    def _stretch(self, hit: _Hit, reach: str) -> tuple[int, int]:
        first, last = hit.first, hit.last
        while first > 0 and self.are_near(self.sentences[first - 1], hit.sentence, reach):
            first -= 1
        while last < len(self.words) and self.are_near(self.sentences[last], hit.sentence, reach):
            last += 1
        return first, last

    def is_quoted(self, offset: int) -> bool:
        return any(start < offset < end for start, end in self._quotes)

    def object_of(self, hit: _Hit) -> str:
        """Return who or what a securing verb acts on: after an active verb, before a passive one, the nearest named."""
        is_passive = self.words.folded[hit.first].startswith(("di", "ter"))
        before, after = self._nearest_object(hit, -1), self._nearest_object(hit, 1)
        if is_passive:
            return before or after
        return after or before

    def _nearest_object(self, hit: _Hit, step: int) -> str:
        words = self.words
        at = hit.last if step > 0 else hit.first - 1
        for distance in range(_OBJECT_REACH):
            position = at + distance * step
            if not 0 <= position < len(words) or self.sentences[position] != hit.sentence:
                return ""
            if words.folded[position] in _BUT:
                return ""
            found = _objects().longest_at(words, position)
            if found is not None and not self._is_agent(position):
                return self._more_telling(position, found[1])
        return ""

    def _more_telling(self, position: int, kind: str) -> str:
        """Read on a little: "orang terduga pelaku" is a suspect, "orang calon pekerja" a victim."""
        if self.words.folded[position] not in (
            "orang",
            "pria",
            "wanita",
            "perempuan",
            "warga",
            "laki",
            "unit",
            "pemilik",
            "pemuda",
            "anak",
        ):
            return kind
        for follows in range(position + 1, min(position + 4, len(self.words))):
            if self.sentences[follows] != self.sentences[position]:
                break
            found = _objects().longest_at(self.words, follows)
            if found is not None and self.words.folded[follows] not in ("orang",):
                return found[1]
        return kind

    def _is_agent(self, position: int) -> bool:
        return position > 0 and self.words.folded[position - 1] in ("oleh", "milik", "tim", "satgas")

    # --- polarity ----------------------------------------------------------------------------------------------------

    def polarity(self, hit: _Hit) -> tuple[Polarity, str]:
        """Return how the text means a term, with the word that says so."""
        first, last = self._clause(hit)
        if cue := self._negated(hit, first, last):
            return "negated", f"disangkal oleh {cue!r}"
        if hit.term.kind_class == "status":
            return "asserted", ""
        if cue := self._cue("conditional", hit, first, 4):
            return "hypothetical", f"baru kemungkinan: {cue!r}"
        if hit.term.kind_class == "response":
            for name, reach in (("planned", _PLAN_REACH), ("purpose", 3)):
                if cue := self._cue(name, hit, first, reach):
                    return "planned", f"belum terjadi: {cue!r}"
            if cue := self._cue_after("planned_after", hit, 2):
                return "planned", f"belum terjadi: {cue!r}"
            if hit.term.code in _INSTRUMENT_CODES and (cue := self._cue("builds_on", hit, first, 3)):
                return "background", f"bukan kejadian ini: {cue!r}"
            if cue := self._cue("past_before", hit, first, 4):
                return "background", f"bukan kejadian ini: {cue!r}"
        else:
            polarity, why = self._polarity_of_a_matter(hit, first)
            if polarity != "asserted":
                return polarity, why
        if cue := self._in_sentence("background", hit):
            return "background", f"bukan kejadian ini: {cue!r}"
        return "asserted", ""

    def _polarity_of_a_matter(self, hit: _Hit, first: int) -> tuple[Polarity, str]:
        """Judge an offence, a movement, an issue: feared, talked about and planned are not facts; stopped ones are."""
        if cue := self._cue("against", hit, first, _CUE_REACH) or self._cue("naming", hit, first, 2):
            return "hypothetical", f"disebut sebagai bahaya atau pokok bahasan: {cue!r}"
        if (cue := self._cue("handled", hit, first, 4)) and not self._cue("counted", hit, first, 4):
            return "hypothetical", f"disebut sebagai bahaya atau pokok bahasan: {cue!r}"
        if self._in_sentence("stopped", hit):
            return "asserted", ""
        if cue := self._cue("possible", hit, first, 4):
            return "hypothetical", f"baru kemungkinan: {cue!r}"
        if cue := self._cue("planned", hit, first, self._plan_reach(hit)) or self._cue("purpose", hit, first, 2):
            return "planned", f"belum terjadi: {cue!r}"
        return "asserted", ""

    def _plan_reach(self, hit: _Hit) -> int:
        """Return how far back a plan may be told: further for the way that it is to take ("akan ... lewat jalan tikus")."""
        is_the_way = hit.first > 0 and self.words.folded[hit.first - 1] in _BY_WAY_OF
        return 2 * _PLAN_REACH if is_the_way else _PLAN_REACH

    def _clause(self, hit: _Hit) -> tuple[int, int]:
        words = self.words
        first, last = hit.first, hit.last
        while (
            first > 0
            and self.sentences[first - 1] == hit.sentence
            and words.gaps[first] in _CLAUSE_GAPS
            and words.folded[first - 1] not in _BUT
        ):
            first -= 1
        while (
            last < len(words)
            and self.sentences[last] == hit.sentence
            and words.gaps[last] in _CLAUSE_GAPS
            and words.folded[last] not in _BUT
        ):
            last += 1
        return first, last

    def _negated(self, hit: _Hit, first: int, last: int) -> str:
        words = self.words
        for at in range(hit.first - 1, max(first, hit.first - _NEGATION_REACH) - 1, -1):
            if words.gaps[at + 1] == COMMA or _cues("breaks").get(words.folded[at]):
                break
            if words.folded[at] == "tanpa" and hit.first - at > 2:
                continue
            if (
                _cues("negation").get(words.folded[at])
                and not self._is_no_negation(at)
                and self._language_fits(words.folded[at])
            ):
                return words.folded[at]
        return self._denied_after(hit, last) or self._denied_from_afar(hit, first) or self._told_as_false(hit)

    def _denied_after(self, hit: _Hit, last: int) -> str:
        """Return the denial after a term: "narkoba tidak ditemukan", "barang selundupan: nihil"."""
        words = self.words
        after = hit.last
        if (
            after < len(words)
            and self.sentences[after] == hit.sentence
            and ":" in words.text[words.ends[after - 1] : words.starts[after]]
        ):
            last = max(last, after + 1)
        for at in range(after, min(last, after + 5)):
            if words.gaps[at] == COMMA and at > after:
                break
            found = _cues("negated_after").longest_at(words, at)
            if found is not None:
                return words.key(at, found[0])
        return ""

    def _denied_from_afar(self, hit: _Hit, first: int) -> str:
        """Return a denial of the whole that follows it: "tidak ada pelaku yang ditangkap"."""
        words = self.words
        for at in range(hit.first - 1, max(first, hit.first - _EXISTENTIAL_REACH) - 1, -1):
            word = words.folded[at]
            if words.gaps[at + 1] == COMMA or (_cues("breaks").get(word) and word not in _CARRIED_OVER):
                return ""
            found = _cues("existential").longest_at(words, at)
            if found is not None and not self._is_no_negation(at):
                return words.key(at, found[0])
        return ""

    def _told_as_false(self, hit: _Hit) -> str:
        """Return the word by which a sentence calls a rumour false: "kabar penculikan itu hoaks"."""
        false = self._in_sentence("false", hit)
        return false if false and self._cue("rumour", hit, 0, 5) else ""

    def _is_no_negation(self, at: int) -> bool:
        return _cues("not_a_negation").longest_at(self.words, at) is not None

    def _language_fits(self, word: str) -> bool:
        languages = _WORDS_OF_ONE_LANGUAGE.get(word)
        return languages is None or self.document.language in languages

    def _cue(self, name: str, hit: _Hit, first: int, reach: int) -> str:
        for at in range(hit.first - 1, max(first, hit.first - reach) - 1, -1):
            found = _cues(name).longest_at(self.words, at)
            if found is not None and found[0] <= hit.first and self._language_fits(self.words.folded[at]):
                return self.words.key(at, found[0])
        return ""

    def _cue_after(self, name: str, hit: _Hit, reach: int) -> str:
        for at in range(hit.last, min(len(self.words), hit.last + reach)):
            if self.sentences[at] != hit.sentence or self.words.gaps[at] not in (SPACE, HYPHEN):
                return ""
            found = _cues(name).longest_at(self.words, at)
            if found is not None and self._language_fits(self.words.folded[at]):
                return self.words.key(at, found[0])
        return ""

    def _in_sentence(self, name: str, hit: _Hit) -> str:
        at = hit.first
        while at > 0 and self.sentences[at - 1] == hit.sentence:
            at -= 1
        while at < len(self.words) and self.sentences[at] == hit.sentence:
            found = _cues(name).longest_at(self.words, at)
            if found is not None and not hit.first <= at < hit.last:
                return self.words.key(at, found[0])
            at += 1
        return ""


def _quotes(body: str) -> Iterator[tuple[int, int]]:
    """Yield the quotations; one that is never closed ends with its paragraph."""
    for start, end in _paragraphs(body):
        opened = -1
        for offset in range(start, end):
            if body[offset] == '"':
                if opened < 0:
                    opened = offset
                else:
                    yield opened, offset
                    opened = -1
        if opened >= 0:
            yield opened, end


def _paragraphs(body: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in body.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1
