"""Whose identities there are, what they hold, and when one may be opened. No database.

The tables data/kinds.csv and data/purposes.csv say who may store which kind and for which purposes a kind opens; they are
our own defaults, to be settled by each installation's impact assessment.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import cache

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError
from kentongan.kit.shipped_tables import TableLine, table_entries

MODULE = "vault"
CATEGORY = "persons"
CONSENT, COURT_ORDER, IMMINENT_RISK = "consent", "court_order", "imminent_risk"
GROUNDS = (CONSENT, COURT_ORDER, IMMINENT_RISK)

LENGTHS = {
    "name": 120,
    "contact": 160,
    "address_note": 300,
    "relation": 120,
    "also_known_as": 160,
    "nik": 24,
    "born_on": 10,
    "sex": 1,
    "village": 120,
    "parent": 120,
}
SEXES = ("L", "P")
ADULT_FROM = 18
REASON_LENGTH, DOCUMENT_LENGTH = 300, 200
SHORTEST_REASON = 10
SHORTEST_TELLING_WORD = 4
"""Words of an identity this long or longer may stand neither in a reason nor in a reference: both go into the trail."""

_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(r"[^\W_]+")


class IdentityRefused(KentonganError):
    """The identity cannot be stored as it was given; the faults name fields, never what was written in them."""

    code = "vault.identity_refused"


@dataclass(frozen=True, slots=True, repr=False)
class IdentityFields:
    """Who somebody is: what stands here is written nowhere in clear. It shows nothing of itself when printed."""

    name: str = ""
    contact: str = ""
    address_note: str = ""
    relation: str = ""  # to what is reported: eye-witness, relative, neighbour
    also_known_as: str = ""  # several divided by commas
    nik: str = ""  # as it was told: also a wrong one
    born_on: str = ""  # an ISO day
    sex: str = ""  # L or P, as on an Indonesian identity card
    village: str = ""  # of origin
    parent: str = ""  # the name of one

    def __repr__(self) -> str:
        return "IdentityFields(…)"

    @property
    def is_empty(self) -> bool:
        return not any(asdict(self).values())

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the fields, without a word of what they say."""
        found = []
        if not (self.name or self.contact):
            found.append(_("Isi nama atau kontak; tanpa keduanya identitas ini tidak berguna."))
        for field, most in LENGTHS.items():
            written = getattr(self, field)
            if len(written) > most:
                about = {"field": field_label(field), "most": most}
                found.append(_("Isian “%(field)s” terlalu panjang, paling banyak %(most)s karakter.") % about)
            if _NOT_TEXT.search(written):
                found.append(_("Isian “%(field)s” memuat tanda kendali. Ketik ulang.") % {"field": field_label(field)})
        if self.born_on and self.birthday is None:
            found.append(
                _("Tanggal lahir ditulis tahun-bulan-tanggal, misalnya 1990-12-31. Kosongkan bila tidak lengkap.")
            )
        if self.sex and self.sex not in SEXES:
            found.append(_("Jenis kelamin ditulis L atau P. Kosongkan bila belum diketahui."))
        return tuple(found)

    @property
    def birthday(self) -> date | None:
        """The day of birth, where one is told."""
        try:
            return date.fromisoformat(self.born_on) if self.born_on else None
        except ValueError:
            return None

    def is_child(self, on: date) -> bool:
        """Tell whether the day of birth that is told makes somebody a child on that day."""
        born = self.birthday
        return born is not None and (born.year + ADULT_FROM, born.month, born.day) > (on.year, on.month, on.day)

    def changed(self, changes: Mapping[str, str]) -> "IdentityFields":
        """Return the fields with the changes; a blank takes a field away."""
        return replace(self, **{name: written.strip() for name, written in changes.items()})

    def shown(self) -> list[tuple[str, str]]:
        """Return label and content of the fields that say something."""
        return [(field_label(name), written) for name, written in asdict(self).items() if written]

    def to_bytes(self) -> bytes:
        """Return the fields as they are sealed."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()


def read_fields(content: bytes) -> IdentityFields:
    """Return the fields that were sealed."""
    return IdentityFields(**json.loads(content))


def field_label(name: str) -> str:
    """Return the word for a field of an identity."""
    return {
        "name": pgettext("identity", "Nama"),
        "contact": pgettext("identity", "Kontak"),
        "address_note": pgettext("identity", "Keterangan alamat"),
        "relation": pgettext("identity", "Hubungan dengan yang dilaporkan"),
        "also_known_as": pgettext("identity", "Nama lain"),
        "nik": pgettext("identity", "NIK"),
        "born_on": pgettext("identity", "Tanggal lahir"),
        "sex": pgettext("identity", "Jenis kelamin"),
        "village": pgettext("identity", "Desa asal"),
        "parent": pgettext("identity", "Nama orang tua"),
    }[name]


FIELD_NAMES = tuple(field.name for field in fields(IdentityFields))


@dataclass(frozen=True, slots=True)
class IdentityKind:
    """Whose identity: who may store it, how it is handled, and the word that its pseudonym begins with."""

    code: str
    stored_under: str
    handling: str
    labels: tuple[str, str]

    @property
    def label(self) -> str:
        return self.labels[1 if (get_language() or "id").startswith("en") else 0]


@cache
def kinds() -> dict[str, IdentityKind]:
    """Return the kinds of identities by code."""
    return {one.code: one for one in table_entries("kentongan.vault", "data/kinds.csv", _kind)}


@cache
def purposes_of(kind: str) -> frozenset[str]:
    """Return the purposes for which identities of a kind may be opened."""
    table = table_entries(
        "kentongan.vault", "data/purposes.csv", lambda line: (line.required("kind"), line.required("purpose"))
    )
    return frozenset(purpose for of, purpose in table if of == kind)


@cache
def comparing() -> frozenset[tuple[str, str, str]]:
    """Return (kind, purpose, role) under which a machine may compare identities; "any" is every role that acts on persons."""
    table = table_entries(
        "kentongan.vault",
        "data/comparing.csv",
        lambda line: (line.required("kind"), line.required("purpose"), line.required("role")),
    )
    return frozenset(table)


def may_compare(kind: str, *, purpose: str, role: str) -> bool:
    """Tell whether identities of a kind may be compared for the purpose in the role."""
    return bool({(kind, purpose, role), (kind, purpose, "any")} & comparing())


@dataclass(frozen=True, slots=True)
class Asked:
    """An officer's wish to open an identity."""

    kind: str
    purpose: str
    ground: str
    reason: str
    document: str = ""


def why_not(asked: Asked, *, is_erased: bool, has_consent: bool) -> str:
    """Return why an identity of the own agency stays closed, in the trail's words; empty when it may be opened."""
    if is_erased:
        return "erased"
    if asked.purpose not in purposes_of(asked.kind):
        return f"purpose {asked.purpose} does not open identities of kind {asked.kind}"
    if asked.ground not in GROUNDS:
        return "no such ground"
    if not SHORTEST_REASON <= len(asked.reason.strip()) <= REASON_LENGTH:
        return "no reason"
    if asked.ground == CONSENT and not has_consent:
        return "no consent stands"
    if asked.ground == COURT_ORDER and not 0 < len(asked.document.strip()) <= DOCUMENT_LENGTH:
        return "no document"
    return ""


def tells_of(text: str, identity: IdentityFields) -> bool:
    """Return whether a text that goes into the trail holds words or numbers of the identity itself."""
    said = {word for word in _words(text) if _is_telling(word)}
    digits = re.sub(r"\D", "", text)
    numbers = [n for n in (re.sub(r"\D", "", written) for written in _own(identity)) if len(n) > SHORTEST_TELLING_WORD]
    return bool(said & {word for written in _own(identity) for word in _words(written) if _is_telling(word)}) or any(
        number in digits for number in numbers
    )


def _own(identity: IdentityFields) -> tuple[str, ...]:
    return identity.name, identity.contact, identity.also_known_as, identity.nik, identity.born_on, identity.parent


def _words(text: str) -> set[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return set(_WORD.findall(plain))


def _is_telling(word: str) -> bool:
    return len(word) >= SHORTEST_TELLING_WORD and not word.isdigit()


def _kind(line: TableLine) -> IdentityKind:
    return IdentityKind(
        line.required("kind"),
        line.required("stored_under"),
        line.one_of("handling", frozenset({"personal", "protected"})),
        (line.required("label_id"), line.required("label_en")),
    )
