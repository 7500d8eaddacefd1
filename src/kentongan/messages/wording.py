"""The words of a message as they leave the house."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from .models import Message


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says, and the full address to which it leads."""

    subject: str
    body: str
    address: str

    @property
    def whole(self) -> str:
        """Return everything as one plain text."""
        return "\n".join(part for part in (self.body or self.subject, self.address) if part)


def words_of(message: Message) -> Words:
    """Return the words; where the message may carry none of its record, the neutral ones, in the agencies' language."""
    with translation.override(settings.LANGUAGE_CODE):
        neutral = (
            _("Ada peringatan yang menunggu Anda di Kentongan")
            if message.topic.startswith("alert.")
            else _("Ada pemberitahuan yang menunggu Anda di Kentongan")
        )
    address = f"{settings.ADDRESS}{message.link}" if settings.ADDRESS and message.link else ""
    return Words(message.subject or neutral, message.body, address)
