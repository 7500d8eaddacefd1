"""Signed notes and checkpoints in the text formats of C2SP (c2sp.org/signed-note, c2sp.org/tlog-checkpoint). No Django.

Any tool of that world reads our heads: the origin, the number of leaves, the root, and one extension line with what else a
head says. A note's signature covers its whole text.
"""

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .leaves import canonical

ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_ONE_NOTE = re.compile(r"([^\n].*?\n\n(?:— [^\n]*\n)+)\n*", re.DOTALL)
_ORIGIN = re.compile(r"[^\s+]+")
_WHOLE = range(2**63)  # what a database counts with


class MalformedNote(ValueError):
    """The text is no signed note, or not the kind that is asked for."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under its name."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature."""
        return sha256(f"{self.name}\n".encode() + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one word, to be handed to whoever checks."""
        return f"{self.name}+{self.id.hex()}+{_text(ED25519 + self.public)}"

    def accepts(self, text: str, signature: bytes) -> bool:
        """Tell whether the signature over the text is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def verifier_of(vkey: str) -> Verifier:
    """Return the key that a word names; MalformedNote when its parts do not belong together."""
    try:
        name, key_id, encoded = vkey.strip().split("+", 2)
        kind_and_key = b64decode(encoded, validate=True)
        verifier = Verifier(name, kind_and_key[1:])
        is_whole = kind_and_key[:1] == ED25519 and len(verifier.public) == 32 and verifier.id.hex() == key_id
    except (ValueError, NotBase64) as fault:
        raise MalformedNote(f"{vkey!r}") from fault
    if not is_whole:
        raise MalformedNote(f"{vkey!r}")
    return verifier


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under its name."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """Return the signature line under a text."""
        return f"— {self.name} {_text(self.verifier.id + self.key.sign(text.encode()))}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with the signatures under it: (key name, key id, signature)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def is_signed_by(self, verifier: Verifier) -> bool:
        """Tell whether the key has signed the text, and whatever else bears its name and id is its signature too."""
        own = [s for name, key_id, s in self.signatures if (name, key_id) == (verifier.name, verifier.id)]
        return bool(own) and all(verifier.accepts(self.text, signature) for signature in own)


def signed(text: str, signers: Sequence[Signer]) -> str:
    """Return the note."""
    return f"{text}\n{''.join(signer.line(text) for signer in signers)}"


def note_of(written: str) -> Note:
    """Return the note that is written there; MalformedNote when it is none."""
    text, separator, below = written.rpartition("\n\n")
    lines = below.split("\n")
    if not separator or lines.pop() or not lines or any(c < " " and c != "\n" for c in written):
        raise MalformedNote("no signed note")
    signatures = []
    for line in lines:
        parts = _SIGNATURE.fullmatch(line)
        try:
            raw = b64decode(parts[2], validate=True) if parts else b""
        except NotBase64:
            raw = b""
        if parts is None or len(raw) < 5 or _text(raw) != parts[2]:  # a sloppy last digit would pass unseen
            raise MalformedNote("no signature line")
        signatures.append((parts[1], raw[:4], raw[4:]))
    return Note(f"{text}\n", tuple(signatures))


def notes_in(file: str) -> list[str]:
    """Return the notes that a file holds one after the other; MalformedNote when something else is in it."""
    file = file.replace("\r\n", "\n").strip("\n") + "\n"
    found = list(_ONE_NOTE.finditer(file))
    if "".join(match[0] for match in found) != file:
        raise MalformedNote("not only signed notes")
    return [match[1] for match in found]


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head as it is signed."""

    origin: str
    number: int
    at: str  # UTC, six decimals
    size: int
    root: bytes
    rows_to: int  # the highest row that is sealed
    open_gaps: tuple[tuple[int, int, str], ...]  # rows below it that may still come: first, last, since
    previous: str  # digest of the text of the head before, so that none can be taken out
    leaf_version: int

    @property
    def text(self) -> str:
        """The text of the checkpoint."""
        more = {
            "at": self.at,
            "leaf": self.leaf_version,
            "number": self.number,
            "open": [list(gap) for gap in self.open_gaps],
            "previous": self.previous,
            "rows_to": self.rows_to,
        }
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n{canonical(more)}\n"

    @property
    def digest(self) -> str:
        return _text(sha256(self.text.encode()).digest())


def head_of(text: str) -> Head:
    """Return the head of a checkpoint's text; MalformedNote when the text is not exactly what we would write of it."""
    try:
        origin, size, root, extension, end = text.split("\n")
        more = json.loads(extension)
        head = Head(
            origin=origin,
            number=_whole(more["number"]),
            at=_instant(more["at"]),
            size=_whole(int(size)),
            root=b64decode(root, validate=True),
            rows_to=_whole(more["rows_to"]),
            open_gaps=tuple((_whole(first), _whole(last), _instant(since)) for first, last, since in more["open"]),
            previous=more["previous"],
            leaf_version=_whole(more["leaf"]),
        )
        is_exact = not end and head.text == text and is_origin(origin) and type(head.previous) is str
    except (ValueError, TypeError, KeyError, NotBase64, RecursionError) as fault:
        raise MalformedNote("no head of a trail") from fault
    if not is_exact:
        raise MalformedNote("no head of a trail")
    return head


def _whole(value: object) -> int:
    """Return a number that counts something; TypeError when it is any other value."""
    if type(value) is not int or value not in _WHOLE:
        raise TypeError("no count")
    return value


def _instant(value: object) -> str:
    """Return an instant in UTC with six decimals, as text; ValueError or TypeError when it is any other value."""
    if type(value) is not str:
        raise TypeError("no instant")
    if f"{datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec='microseconds')}Z" != value:
        raise ValueError("no instant")
    return value


def is_origin(name: str) -> bool:
    """Tell whether a name can stand in a note."""
    return _ORIGIN.fullmatch(name) is not None


def signer_among(note: Note, verifiers: Iterable[Verifier]) -> Verifier | None:
    """Return the known key that signed the note, or None."""
    return next((verifier for verifier in verifiers if note.is_signed_by(verifier)), None)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
