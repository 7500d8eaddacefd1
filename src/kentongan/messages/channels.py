"""Which channels this installation has set up, and what is missing for the others."""

from django.conf import settings
from django.utils.translation import gettext as _

from .rules import Channel


def why_off(channel: str) -> str:
    """Return what is missing before the channel can be used; empty where it is in use."""
    match Channel(channel):
        case Channel.EMAIL if not settings.EMAIL_HOST:
            return _("Surel mati: KENTONGAN_EMAIL_HOST belum diisi.")
        case Channel.PUSH if not settings.PUSH_CONTACT:
            return _("Notifikasi peramban mati: KENTONGAN_PUSH_CONTACT belum diisi.")
        case Channel.SMS | Channel.WHATSAPP if channel not in settings.GATEWAYS:
            return _("Saluran ini mati: berkas KENTONGAN_GATEWAYS belum memuat [%(name)s].") % {"name": channel}
        case Channel.EMAIL | Channel.SMS | Channel.WHATSAPP if not settings.ADDRESS:
            return _("Alamat aplikasi ini belum diisi (KENTONGAN_ADDRESS), jadi tautan tidak dapat dikirim keluar.")
        case _:
            return ""


def in_use() -> list[Channel]:
    """Return the channels that can be used."""
    return [channel for channel in Channel if not why_off(channel)]
