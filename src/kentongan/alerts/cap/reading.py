"""A CAP message out of XML that anybody may have sent: whole, or all that is wrong with it, element by element. No Django.

The parser resolves no entity, opens no address and refuses a document type: what expands or reaches out is never read.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from .document import Message
from .structure import ALERT, NAMESPACE, SIGNATURES, Element, Part
from .values import WrongValue

MOST_BYTES = 1_000_000
"""The longest file that is read; a message with the outlines of a few districts in four languages has a tenth of it."""

_SHOWN = 120
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = frozenset({f"{_INSTANCE}schemaLocation", f"{_INSTANCE}noNamespaceSchemaLocation"})


@dataclass(frozen=True, slots=True)
class CapFault:
    """One thing wrong: at which element, a stable code, what stood there and what is expected."""

    path: str
    code: str
    found: str = ""
    expected: str = ""
    line: int = 0


class NotCap(ValueError):
    """The bytes are no CAP message; `faults` has everything that is wrong."""

    def __init__(self, faults: tuple[CapFault, ...]) -> None:
        super().__init__(", ".join(f"{fault.path}: {fault.code}" for fault in faults[:5]))
        self.faults = faults


def read(content: bytes) -> Message:
    """Return the message; NotCap has every fault. A signature in it is let pass and not checked."""
    root = _root(content)
    faults: list[CapFault] = []
    said = _said(root, ALERT, "alert", faults)
    if not faults:
        faults += schema_faults(root)
    if faults:
        raise NotCap(tuple(faults))
    return Message(**said)


def schema_faults(root: Any) -> list[CapFault]:
    """Return what the schema of OASIS finds wrong with a parsed document."""
    schema = _schema()
    if schema.validate(root):
        return []
    return [CapFault("alert", "schema", found=fault.message[:_SHOWN], line=fault.line) for fault in schema.error_log]


@cache
def _schema() -> Any:
    text = files("kentongan.alerts.cap").joinpath("data", "CAP-v1.2.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text, _parser()))


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _root(content: bytes) -> Any:
    if not content.strip():
        raise NotCap((CapFault("alert", "no_content"),))
    if len(content) > MOST_BYTES:
        raise NotCap((CapFault("alert", "too_long", found=str(len(content)), expected=str(MOST_BYTES)),))
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        has_doctype = b"<!DOCTYPE" in content
        fault = CapFault("alert", "doctype" if has_doctype else "not_xml", found=str(error.msg)[:_SHOWN])
        raise NotCap((fault,)) from error
    if root.getroottree().docinfo.doctype:
        raise NotCap((CapFault("alert", "doctype"),))
    name = etree.QName(root)
    if name.localname != "alert" or name.namespace != NAMESPACE:
        raise NotCap((CapFault("alert", "not_cap_12", found=str(root.tag)[:_SHOWN], expected=f"{{{NAMESPACE}}}alert"),))
    return root


def _said(element: Any, part: Part, path: str, faults: list[CapFault]) -> dict[str, Any]:
    """Return what the part says by the attributes of its data, and add what is wrong with it to the faults."""
    _no_attributes(element, path, faults)
    children = _children(element, part, path, faults)
    said: dict[str, Any] = {}
    for one in part.elements:
        found = children.get(one.name, [])
        where = f"{path}/{one.name}"
        if len(found) < one.least:
            faults.append(CapFault(where, "missing", line=element.sourceline))
        if one.most == 1:
            faults += [CapFault(f"{where}[2]", "repeated", line=child.sourceline) for child in found[1:2]]
            read_one = [_value(child, one, where, faults) for child in found[:1]]
            if read_one and read_one[0] is not None:
                said[one.attribute] = read_one[0]
        elif found:
            numbered = enumerate(found, start=1)
            said[one.attribute] = tuple(_value(child, one, f"{where}[{n}]", faults) for n, child in numbered)
    faults += [
        CapFault(f"{path}/{name}", code, line=element.sourceline)
        for name, is_needed, code in part.needs
        if not children.get(name) and is_needed(said)
    ]
    return said


def _value(element: Any, one: Element, path: str, faults: list[CapFault]) -> Any:
    before = len(faults)
    if isinstance(one.what, Part):
        said = _said(element, one.what, path, faults)
        return one.what.makes(**said) if len(faults) == before else None
    _no_attributes(element, path, faults)
    if len(element):
        inside = element[0]
        faults.append(CapFault(path, "elements_inside", found=str(inside.tag)[:_SHOWN], line=element.sourceline))
        return None
    text = element.text or ""
    if not text.strip() and not one.least and one.most == 1:
        return None  # an optional element that says nothing is one that is absent
    try:
        return one.what.read(text)
    except WrongValue as wrong:
        shown = " ".join(text.split())[:_SHOWN]
        faults.append(CapFault(path, wrong.code, found=shown, expected=wrong.expected, line=element.sourceline))
        return None


def _children(element: Any, part: Part, path: str, faults: list[CapFault]) -> dict[str, list[Any]]:
    """Return the elements inside by name; what does not belong there, or not in that order, is a fault."""
    if any(text and text.strip() for text in (element.text, *(child.tail for child in element))):
        faults.append(CapFault(path, "stray_text", line=element.sourceline))
    known: list[tuple[int, str, Any]] = []
    for child in element:
        name = etree.QName(child)
        is_signature = name.namespace == SIGNATURES and part is ALERT
        if is_signature or (name.namespace == NAMESPACE and name.localname in part.order):
            known.append((part.order.get(name.localname, len(part.order)), name.localname, child))
        else:
            where, expected = f"{path}/{name.localname}", ", ".join(part.order)
            faults.append(CapFault(where, "unknown", expected=expected, line=child.sourceline))
    faults += _misplaced(known, path)
    found: dict[str, list[Any]] = {}
    for _order, name, child in known:
        found.setdefault(name, []).append(child)
    return found


def _misplaced(known: list[tuple[int, str, Any]], path: str) -> list[CapFault]:
    """Return a fault for each of the fewest elements that would have to move for all to stand in their order."""
    ends: list[int] = []  # of the runs in order so far, by length: the order of the last element of the best one
    length: list[int] = []
    for order, _name, _child in known:
        place = bisect_right(ends, order)
        ends[place : place + 1] = [order]
        length.append(place + 1)
    wanted, latest, stays = len(ends), max(ends, default=0), set()
    for number in range(len(known) - 1, -1, -1):
        if length[number] == wanted and known[number][0] <= latest:
            stays.add(number)
            wanted, latest = wanted - 1, known[number][0]
    orders = [known[number][:2] for number in sorted(stays)]
    return [
        CapFault(f"{path}/{name}", *_place_of(order, orders), line=child.sourceline)
        for number, (order, name, child) in enumerate(known)
        if number not in stays
    ]


def _place_of(order: int, orders: list[tuple[int, str]]) -> tuple[str, str, str]:
    before = [name for other, name in orders if other <= order]
    return ("out_of_order", "", before[-1]) if before else ("not_first", "", "")


def _no_attributes(element: Any, path: str, faults: list[CapFault]) -> None:
    wrong = [str(name) for name in element.attrib if name not in _HINTS]
    if wrong:
        faults.append(CapFault(path, "attribute", found=", ".join(wrong)[:_SHOWN], line=element.sourceline))
