"""Numbers as texts write them: "1.250", "2,5 juta", "dua puluh lima", "puluhan", in four languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kentongan.reading.words import folded

ONES = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000, "sejuta": 1_000_000, "semiliar": 1_000_000_000, "setengah": 0.5,
}  # fmt: skip
MULTIPLIERS = {
    "belas": 0, "puluh": 10, "ratus": 100, "ribu": 1_000, "rb": 1_000, "juta": 1_000_000, "jt": 1_000_000,
    "miliar": 1_000_000_000, "milyar": 1_000_000_000, "triliun": 1_000_000_000_000,
}  # fmt: skip
VAGUE = {"belasan": 11, "puluhan": 20, "ratusan": 100, "ribuan": 1_000, "jutaan": 1_000_000, "miliaran": 1_000_000_000}
VAGUE_REACH = {11: 19, 20: 99, 100: 999, 1_000: 9_999}
HAS_DIGIT = re.compile(r"\d")
FOREIGN = {
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "três": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8, "nove": 9,
    "dez": 10, "onze": 11, "doze": 12, "treze": 13, "catorze": 14, "quinze": 15, "vinte": 20, "trinta": 30,
    "ida": 1, "rua": 2, "tolu": 3, "haat": 4, "hat": 4, "lima": 5, "neen": 6, "hitu": 7, "ualu": 8, "sia": 9, "sanulu": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip


def alternatives(words: Iterable[str]) -> str:
    """Return the words as alternatives of a pattern, longest first, with any white space between words."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


DIGITS = r"\d{1,3}(?:[.,]\d{3})+(?:,\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
SCALE = r"(?:\s*(?:ribu|rb|juta|jt|miliar|milyar|triliun)\b)"
_ONE_WORD = rf"(?:{alternatives([word for word in ONES if word != 'setengah'])}|{alternatives(list(MULTIPLIERS))})"
INDONESIAN_WORDS = rf"(?:setengah|{_ONE_WORD}(?:[\s-]+{_ONE_WORD})*)(?:\s+setengah)?"
NUMBER_WORDS = frozenset(folded(word) for word in (*ONES, *VAGUE, *FOREIGN))

# A number in any writing, as named groups for `number_of`.
NUMBER = (
    rf"(?:(?P<digits>{DIGITS})(?P<scale>{SCALE})?|(?P<words>{INDONESIAN_WORDS})|(?P<vague>{alternatives(list(VAGUE))})(?:\s+(?P<vague_scale>ribu|juta|miliar))?"
    rf"|(?P<foreign>{alternatives(list(FOREIGN))}))"
)


@dataclass(frozen=True, slots=True)
class Number:
    """The value of a number; of a vague one ("puluhan") the least it can mean."""

    value: float
    approximate: bool


def parse_number(text: str) -> float | None:
    """Return the value of a number as Indonesian texts write it: "1.500", "2,5", "dua puluh lima", "1,5 juta"; None if it is none."""
    match = re.fullmatch(NUMBER, text.strip(), re.IGNORECASE)
    number = number_of(match) if match else None
    return number.value if number else None


def number_of(match: re.Match[str]) -> Number | None:
    """Return the number that a match of NUMBER holds, or None when its words form none."""
    groups = match.groupdict()
    scale = MULTIPLIERS.get((groups.get("scale") or "").strip().lower(), 1)
    if groups.get("digits"):
        return Number(digits_value(groups["digits"]) * scale, False)
    if groups.get("words"):
        value = word_value(groups["words"])
        return None if value is None else Number(value, False)
    if groups.get("vague"):
        times = MULTIPLIERS.get((groups.get("vague_scale") or "").lower(), 1)
        return Number(VAGUE[groups["vague"].lower()] * times, True)
    if groups.get("foreign"):
        return Number(FOREIGN[groups["foreign"].lower()], False)
    return None


def digits_value(text: str) -> float:
    """Return the value of digits with Indonesian thousands and decimals: "1.250" is 1250, "2,5" is two and a half."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        return float(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return float(text.replace(",", ""))
    return float(text.replace(".", "").replace(",", ".")) if text.count(".") > 1 else float(text.replace(",", "."))


def word_value(text: str) -> float | None:
    """Return the value of Indonesian number words, or None when they do not form a number ("puluh" alone)."""
    total, group, current = 0.0, 0.0, 0.0
    seen = False
    for word in re.split(r"[\s-]+", text.lower().strip()):
        if word == "setengah" and seen:
            current += 0.5
        elif word in ONES:
            value = ONES[word]
            if value >= 1000:
                total += value
            elif value == 100:
                group += 100
            else:
                current += value
            seen = True
        elif word == "belas" and current:
            current += 10
        elif word in ("puluh", "ratus") and current:
            group += current * MULTIPLIERS[word]
            current = 0
        elif word in MULTIPLIERS and MULTIPLIERS[word] >= 1000 and (current or group):
            total += (group + current) * MULTIPLIERS[word]
            group = current = 0
        else:
            return None
    return total + group + current if seen else None
