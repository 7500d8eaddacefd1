"""What a command was given: a file's text, a day; and why the system refuses a file, in words."""

import errno
from datetime import date
from pathlib import Path

from .errors import KentonganError
from .periods import EARLIEST, LATEST

_WHY = {
    errno.ENOENT: "tidak ditemukan",
    errno.EACCES: "tidak diizinkan",
    errno.EPERM: "tidak diizinkan",
    errno.EISDIR: "itu folder, bukan berkas",
    errno.ENOTDIR: "sebagian jalurnya bukan folder",
    errno.EEXIST: "sudah ada",
    errno.ENOSPC: "cakram penuh",
    errno.EROFS: "tempat itu hanya dapat dibaca",
    errno.EADDRINUSE: "sudah dipakai",
    errno.EADDRNOTAVAIL: "bukan alamat mesin ini",
    errno.ECONNREFUSED: "sambungan ditolak",
    errno.ENETUNREACH: "jaringannya tidak terjangkau",
    errno.EHOSTUNREACH: "mesinnya tidak terjangkau",
}


class NotADay(KentonganError):
    """A word that was to be a day is none."""

    code = "kit.not_a_day"


class FileNotText(KentonganError):
    """A file cannot be opened, or is not text in UTF-8."""

    code = "kit.file_not_text"


def why_refused(fault: OSError) -> str:
    """Return in words why the system refused a file or an address; what is seldom, in the system's own."""
    if isinstance(fault, TimeoutError):
        return "tidak menjawab pada waktunya"
    return _WHY.get(fault.errno or 0) or fault.strerror or str(fault)


def text_given(file: Path) -> str:
    """Return the text of a file; FileNotText says why not."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise FileNotText(f"Berkas {file} tidak dapat dibuka: {why_refused(fault)}. Periksa namanya.") from fault
    except UnicodeDecodeError as fault:
        raise FileNotText(f"Berkas {file} bukan teks UTF-8. Simpan lagi sebagai CSV UTF-8.") from fault


def day_given(text: str) -> date:
    """Return the day that a word names; NotADay where it names none that anybody means."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotADay(f"{text!r} bukan hari. Tulis tahun-bulan-tanggal, misalnya 2026-03-01.") from None
    if not EARLIEST <= day <= LATEST:
        raise NotADay(f"{text!r} bukan hari yang dapat dinilai. Periksa tahunnya.")
    return day
