"""Opening ZIP containers without being blown up by them."""

import zipfile
from io import BytesIO

from django.utils.translation import gettext as _

from .errors import DamagedFile, EncryptedFile, TooLargeFile

MAX_ENTRIES = 5_000
MAX_UNPACKED = 60_000_000
MAX_RATIO = 200  # text packs ten- to twentyfold; a bomb a thousandfold
_SMALL = 1_000_000  # below this a high ratio is harmless


def opened(content: bytes) -> zipfile.ZipFile:
    """Return the archive after its directory was judged: not damaged, not locked, not swelling beyond the limits."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise DamagedFile(_("Arsip ZIP ini rusak atau tidak lengkap. Kirim ulang berkas aslinya.")) from error
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > _SMALL and unpacked > MAX_RATIO * len(content))
    ):
        raise TooLargeFile(
            _(
                "Isi arsip ini jauh lebih besar daripada arsipnya, jadi tidak dibuka. Kirim berkas di dalamnya satu per satu."
            )
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise EncryptedFile(_("Arsip ini terkunci kata sandi. Buka kuncinya lalu kirim lagi."))
    return archive


def read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one entry; zipfile never gives more than the size that `opened` has judged."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise DamagedFile(
            _("Arsip ZIP ini rusak di bagian “%(name)s”. Kirim ulang berkas aslinya.") % {"name": name}
        ) from error
