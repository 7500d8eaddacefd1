"""The Atom feed of CAP messages (RFC 4287), as feeds of warnings are written: an entry for each, with a link to its document.

Source: Example Practices: CAP Feeds 1.0, OASIS Committee Note, 2013. The elements of CAP in an entry repeat the document.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from .composing import WRITTEN_IN, StepMessage
from .document import Info, Message
from .structure import NAMESPACE as CAP
from .writing import CONTENT_TYPE

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml"
TITLE = "Kentongan: peringatan untuk umum"


def written_feed(
    messages: Sequence[StepMessage], *, address: str, address_of: Callable[[StepMessage], str], at: datetime
) -> bytes:
    """Return the feed as XML; `at` is its date where it is empty, else the newest message's is."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "cap": CAP})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", WRITTEN_IN)
    _add(root, "id", address)
    _add(root, "title", TITLE)
    _add(root, "updated", max((one.message.sent for one in messages), default=at.replace(microsecond=0)).isoformat())
    _name(root, "Kentongan")
    _link(root, rel="self", type=TYPE, href=address)
    for one in messages:
        _entry(root, one.message, address_of(one))
    feed: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return feed


def _entry(root: Any, message: Message, address: str) -> None:
    info = message.infos[0]
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _add(entry, "id", f"{message.sender}:{message.identifier}")
    _add(entry, "title", info.headline)
    _add(entry, "updated", message.sent.isoformat())
    _name(entry, info.sender_name)
    etree.SubElement(entry, f"{{{ATOM}}}category", term=message.msg_type)
    _link(entry, rel="alternate", type=CONTENT_TYPE, href=address)
    _add(entry, "summary", info.description)
    for name, value in _repeated(message, info):
        etree.SubElement(entry, f"{{{CAP}}}{name}").text = value


def _repeated(message: Message, info: Info) -> list[tuple[str, str]]:
    said = [
        ("identifier", message.identifier),
        ("status", message.status),
        ("msgType", message.msg_type),
        ("event", info.event),
        ("urgency", info.urgency),
        ("severity", info.severity),
        ("certainty", info.certainty),
        *(("areaDesc", area.description) for area in info.areas),
    ]
    return said if info.expires is None else [*said, ("expires", info.expires.isoformat())]


def _add(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _name(parent: Any, name: str) -> None:
    _add(etree.SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _link(parent: Any, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}link", **attributes)
