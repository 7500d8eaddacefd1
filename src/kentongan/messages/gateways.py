"""Gateways of short messages, spoken to as RapidPro's "External API" channels are: whatever works with those works here.

An address and a body with {{to}}, {{to_no_plus}}, {{text}}, {{from}}, {{from_no_plus}}, {{id}} and {{channel}} are filled
in as their content type demands. No Django.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

CONTENT_TYPES = {
    "urlencoded": "application/x-www-form-urlencoded",
    "json": "application/json",
    "xml": "text/xml; charset=utf-8",
}
MOST_CHARACTERS = 640
"""Four short messages joined; what is cut stands behind the link."""

_VARIABLE = re.compile(r"\"\{\{(\w+)\}\}\"|'\{\{(\w+)\}\}'|\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Order:
    """The request that makes a gateway send one short message."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def order(gateway: Mapping[str, str], *, ident: str, to: str, text: str, link: str, channel: str) -> Order:
    """Return the request; its id is the message's, the same each time."""
    values = {
        "id": ident,
        "to": to,
        "to_no_plus": to.removeprefix("+"),
        "from": gateway["from"],
        "from_no_plus": gateway["from"].removeprefix("+"),
        "text": shortened(text, most=MOST_CHARACTERS, keep=link),
        "channel": channel,
    }
    headers = {"Content-Type": CONTENT_TYPES.get(gateway["content_type"], gateway["content_type"])}
    if gateway["authorization"]:
        headers["Authorization"] = gateway["authorization"]
    has_body = gateway["method"] != "GET"
    return Order(
        gateway["method"],
        filled(gateway["url"], values, content_type="urlencoded"),
        headers if has_body else {name: value for name, value in headers.items() if name != "Content-Type"},
        filled(gateway["body"], values, content_type=gateway["content_type"]).encode() if has_body else b"",
    )


def filled(template: str, values: Mapping[str, str], *, content_type: str) -> str:
    """Return the template with its variables written as the content type demands; quotes around one are taken with it.

    In one pass: what a value holds is never taken for a variable. A variable that is not known stays as it is.
    """

    def written(found: re.Match[str]) -> str:
        name = next(group for group in found.groups() if group)
        return _encoded(values[name], content_type) if name in values else found.group()

    return _VARIABLE.sub(written, template)


def reference_in(answer: bytes) -> str:
    """Return the gateway's own number of the message, where the answer is JSON with an `id`."""
    try:
        said = json.loads(answer)
    except ValueError:
        return ""
    found = said.get("id", "") if isinstance(said, dict) else ""
    return str(found)[:120] if isinstance(found, str | int) else ""


def shortened(text: str, *, most: int, keep: str) -> str:
    """Return the text with `keep` at its end, cut before it so that both are at most so long."""
    if not keep:
        return text[:most]
    room = most - len(keep) - 1
    return f"{text[:room].rstrip()}\n{keep}" if room > 0 else keep


def _encoded(value: str, content_type: str) -> str:
    if "json" in content_type:
        return json.dumps(value, ensure_ascii=False)
    if "xml" in content_type:
        return escape(value, {'"': "&#34;", "'": "&#39;"})
    return quote_plus(value) if "urlencoded" in content_type else value
