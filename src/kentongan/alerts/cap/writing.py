"""A CAP message as XML: elements in the order of the standard, instants with their offset. No Django."""

from typing import Any

from lxml import etree

from .document import Message
from .structure import ALERT, NAMESPACE, Part

CONTENT_TYPE = "application/cap+xml"


def written(message: Message) -> bytes:
    """Return the message as an XML document in UTF-8; the same message gives the same bytes."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _fill(root, ALERT, message)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _fill(parent: Any, part: Part, data: Any) -> None:
    for element in part.elements:
        said = getattr(data, element.attribute)
        for value in said if element.most is None else (said,):
            if (value is None or value in ("", ())) and not element.least:
                continue
            child = etree.SubElement(parent, f"{{{NAMESPACE}}}{element.name}")
            if isinstance(element.what, Part):
                _fill(child, element.what, value)
            else:
                child.text = element.what.write(value)
