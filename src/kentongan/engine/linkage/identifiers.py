"""Numbers that stand for a person or a thing: NIK, telephones, number plates."""

import re

NIK_DIGITS = 16
FEMALE_DAY = 40
"""A woman's NIK has her day of birth plus 40."""
SHORTEST_PHONE, LONGEST_PHONE = 7, 13

_NOT_DIGITS = re.compile(r"\D")
_PHONE = re.compile(r"(?<!\d)\+?\d[\d\s().-]{5,18}\d(?!\d)")
_PLATE = re.compile(r"\b([A-Z]{1,2})[\s.-]?(\d{1,4})[\s.-]?([A-Z]{1,3})\b")
_COUNTRY_CODES = ("62", "670")


def valid_nik(written: str) -> str:
    """Return the NIK's 16 digits, or nothing when it cannot be one: its day, month or serial number is impossible.

    Shapes:  one number as written; 16 digits, or the empty text.
    Units:   none.
    Errors:  none: a wrong number is no number, and is not compared.
    Source:  docs/methods/record-linkage.md, section "Numbers".
    """
    digits = _NOT_DIGITS.sub("", written)
    if len(digits) != NIK_DIGITS or digits.endswith("0000"):
        return ""
    day, month = int(digits[6:8]), int(digits[8:10])
    day = day - FEMALE_DAY if day > FEMALE_DAY else day
    return digits if 1 <= day <= 31 and 1 <= month <= 12 else ""


def phone_keys(written: str) -> tuple[str, ...]:
    """Return the telephone numbers in a text, without the country's code and leading zeros, each once.

    Shapes:  one text; as many keys as there are numbers.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Numbers".
    """
    found: dict[str, None] = {}
    for match in _PHONE.findall(written):
        digits = _NOT_DIGITS.sub("", match).lstrip("0")
        code = next((one for one in _COUNTRY_CODES if digits.startswith(one) and len(digits) > len(one) + 6), "")
        digits = digits[len(code) :].lstrip("0")
        if SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
            found[digits] = None
    return tuple(found)


def plate_keys(written: str) -> tuple[str, ...]:
    """Return the Indonesian number plates in a text without spaces, each once; Timorese ones are not recognised.

    Shapes:  one text; as many keys as there are plates.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Numbers".
    """
    return tuple(dict.fromkeys("".join(parts) for parts in _PLATE.findall(written.upper())))
