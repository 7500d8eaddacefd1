"""A message as a CloudEvent 1.0 in structured JSON.

Source: https://github.com/cloudevents/spec, versions 1.0.2 of the core and of the JSON format.
"""

import json

from django.conf import settings

from .models import Message
from .wording import words_of

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
TYPE_PREFIX = "id.kentongan."


def body(message: Message) -> bytes:
    """Return the event; the same message gives the same bytes each time it is sent."""
    words = words_of(message)
    event = {
        "specversion": "1.0",
        "id": str(message.pk),
        "source": settings.ADDRESS or f"urn:kentongan:{settings.NODE_NAME or 'node'}",
        "type": TYPE_PREFIX + message.topic,
        "time": message.put_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "subject": words.subject,
            "body": words.body,
            "link": words.address or message.link,
            "handling": message.handling,
        },
    }
    if message.about:
        event["subject"] = message.about
    return json.dumps(event, ensure_ascii=False, sort_keys=True).encode()
