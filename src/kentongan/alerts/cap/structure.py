"""Which elements a CAP message has, in their order: the one table that writing and reading both follow. No Django."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import values as v
from .document import Area, Info, Message, Named, Resource
from .values import ValueKind

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"

FOLLOWING = ("Update", "Cancel", "Ack", "Error")
"""Messages that are about an earlier one."""

Values = Mapping[str, Any]
Rule = tuple[str, Callable[[Values], bool], str]
"""An element, when it is needed though it is absent, and the code of that fault."""


@dataclass(frozen=True)
class Element:
    """An element inside a part: its name, the attribute of the data that it fills, and how often it may come."""

    name: str
    attribute: str
    what: "ValueKind | Part"
    least: int = 0
    most: int | None = 1


@dataclass(frozen=True)
class Part:
    """An element with elements inside."""

    makes: type
    elements: tuple[Element, ...]
    needs: tuple[Rule, ...] = ()

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each element in the sequence, by name."""
        return {element.name: number for number, element in enumerate(self.elements)}


def _needed(name: str, attribute: str, what: "ValueKind | Part") -> Element:
    return Element(name, attribute, what, least=1)


def _many(name: str, attribute: str, what: "ValueKind | Part", *, least: int = 0) -> Element:
    return Element(name, attribute, what, least=least, most=None)


NAMED = Part(Named, (_needed("valueName", "name", v.TEXT), _needed("value", "value", v.ANYTHING)))

RESOURCE = Part(
    Resource,
    (
        _needed("resourceDesc", "description", v.TEXT),
        _needed("mimeType", "mime_type", v.TEXT),
        Element("size", "size", v.WHOLE),
        Element("uri", "uri", v.RELATIVE_URI),
        Element("derefUri", "content", v.TEXT),
        Element("digest", "digest", v.TEXT),
    ),
)

AREA = Part(
    Area,
    (
        _needed("areaDesc", "description", v.TEXT),
        _many("polygon", "polygons", v.POLYGON),
        _many("circle", "circles", v.CIRCLE),
        _many("geocode", "geocodes", NAMED),
        Element("altitude", "altitude", v.DECIMAL),
        Element("ceiling", "ceiling", v.DECIMAL),
    ),
    needs=(("altitude", lambda said: said.get("ceiling") is not None, "needed_for_ceiling"),),
)

INFO = Part(
    Info,
    (
        Element("language", "language", v.LANGUAGE),
        _many(
            "category", "categories", least=1,
            what=v.one_of(
                "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
            ),
        ),
        _needed("event", "event", v.TEXT),
        _many(
            "responseType", "response_types",
            v.one_of("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"),
        ),
        _needed("urgency", "urgency", v.one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
        _needed("severity", "severity", v.one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
        _needed("certainty", "certainty", v.one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
        Element("audience", "audience", v.TEXT),
        _many("eventCode", "event_codes", NAMED),
        Element("effective", "effective", v.INSTANT),
        Element("onset", "onset", v.INSTANT),
        Element("expires", "expires", v.INSTANT),
        Element("senderName", "sender_name", v.TEXT),
        Element("headline", "headline", v.TEXT),
        Element("description", "description", v.TEXT),
        Element("instruction", "instruction", v.TEXT),
        Element("web", "web", v.URI),
        Element("contact", "contact", v.TEXT),
        _many("parameter", "parameters", NAMED),
        _many("resource", "resources", RESOURCE),
        _many("area", "areas", AREA),
    ),
)  # fmt: skip

ALERT = Part(
    Message,
    (
        _needed("identifier", "identifier", v.NAME),
        _needed("sender", "sender", v.NAME),
        _needed("sent", "sent", v.INSTANT),
        _needed("status", "status", v.one_of("Actual", "Exercise", "System", "Test", "Draft")),
        _needed("msgType", "msg_type", v.one_of("Alert", *FOLLOWING)),
        Element("source", "source", v.TEXT),
        _needed("scope", "scope", v.one_of("Public", "Restricted", "Private")),
        Element("restriction", "restriction", v.TEXT),
        Element("addresses", "addresses", v.LISTING),
        _many("code", "codes", v.TEXT),
        Element("note", "note", v.TEXT),
        Element("references", "references", v.REFERENCES),
        Element("incidents", "incidents", v.LISTING),
        _many("info", "infos", INFO),
    ),
    needs=(
        ("restriction", lambda said: said.get("scope") == "Restricted", "needed_when_restricted"),
        ("addresses", lambda said: said.get("scope") == "Private", "needed_when_private"),
        ("references", lambda said: said.get("msg_type") in FOLLOWING, "needed_to_follow"),
    ),
)
