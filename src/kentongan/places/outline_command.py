"""`kentongan outlines FILE`: village outlines from an official GeoJSON file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console as Terminal

from kentongan.audit import trail
from kentongan.kit.given import why_refused

from .outline_import import OutlineFileError, keep_outlines, read_outlines

terminal = Terminal(stderr=True)
LISTED = 50
"""Faults written out; of the others only how many there are."""


def outlines(
    file: Annotated[Path, typer.Argument(help="GeoJSON FeatureCollection dengan kode Kemendagri, derajat WGS 84.")],
    source: Annotated[str, typer.Option(help="Instansi dan nama berkas, mis. “BIG, batas desa NTT”.")],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Tanggal datanya.")],
    code_property: Annotated[str, typer.Option(help="Properti yang memuat kode; baku: dicari.")] = "",
    skip_faults: Annotated[bool, typer.Option(help="Impor yang benar meskipun sebagian keliru.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Periksa saja, jangan simpan.")] = False,
) -> None:
    """Impor garis luar desa dari berkas resmi; peta memakainya sebagai ganti titik."""
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise OutlineFileError(
            _("Berkas %(file)s tidak dapat dibaca: %(why)s.") % {"file": file, "why": why_refused(fault)}
        ) from fault
    read = read_outlines(content, code_property=code_property)
    if read.faults and not skip_faults:
        listed = [str(fault) for fault in read.faults[:LISTED]]
        if (more := len(read.faults) - LISTED) > 0:
            listed.append(_("dan %(n)d lainnya") % {"n": more})
        raise OutlineFileError(
            ngettext(
                "Berkas garis luar memuat %(n)d kekeliruan, tidak ada yang disimpan. Perbaiki, atau jalankan dengan --skip-faults.",
                "Berkas garis luar memuat %(n)d kekeliruan, tidak ada yang disimpan. Perbaiki, atau jalankan dengan --skip-faults.",
                len(read.faults),
            )
            % {"n": len(read.faults)},
            details=listed,
        )
    if dry_run:
        terminal.print(
            _("%(read)d garis luar dapat disimpan, %(faults)d keliru. Tidak ada yang disimpan.")
            % {"read": len(read.outlines), "faults": len(read.faults)}
        )
        return
    kept = keep_outlines(
        read,
        source=source,
        as_of=as_of.date(),
        by=trail.Keeper("system:command", purpose="coordination"),
        at=timezone.now(),
    )
    terminal.print(
        _("%(added)d garis luar baru, %(replaced)d diganti, %(older)d tidak disimpan, %(faults)d keliru.")
        % {"added": kept.added, "replaced": kept.replaced, "older": kept.older, "faults": len(read.faults)}
    )
