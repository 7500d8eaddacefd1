"""Commands by which reports come in: a file of many, a feed of news."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from kentongan.agreements.facts import Actor
from kentongan.kit.errors import KentonganError
from kentongan.kit.given import why_refused

from .actions import BatchReceived, receive_all, receive_good_ones
from .batches import Batch, batch_of
from .command_actor import command_actor
from .fetching import fetched
from .formats import FileRefused, Form, documents_in
from .formats.tables import bad_rows_csv
from .models import Report

console = Console(stderr=True)

User = Annotated[str | None, typer.Option("--user", help="Nama pengguna petugas yang menyimpan.")]
Agency = Annotated[str | None, typer.Option("--agency", help="Instansi pemilik, bila disimpan oleh sistem.")]
Purpose = Annotated[str, typer.Option("--purpose", help="Tujuan pengolahan data.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Periksa semuanya, tidak menyimpan apa pun.")]


class NoSuchFile(KentonganError):
    """A file that was named is not there or cannot be opened."""

    code = "intake.no_such_file"


def import_reports(
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines, ekspor WhatsApp, RSS/Atom, teks, PDF, atau DOCX.")],
    user: User = None,
    agency: Agency = None,
    purpose: Purpose = "prevention",
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Simpan baris yang baik; yang salah ditulis ke --bad-rows.")
    ] = False,
    bad_rows: Annotated[Path | None, typer.Option(help="Berkas CSV untuk baris yang salah.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Terima semua laporan dari satu berkas, atau tidak satu pun."""
    by = command_actor(user=user, agency=agency, purpose=purpose, at=timezone.now())
    content = content_of(file)
    batch = batch_of(documents_in(content), content, file.name, channel=Report.Channel.COMMAND)
    _tell(
        _received(batch, by, skip_bad=skip_bad, dry_run=dry_run),
        batch,
        bad_rows or file.with_name(f"{file.stem}-salah.csv"),
    )


def feed(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Berkas RSS/Atom atau alamat yang terdaftar; kosong: semua yang terdaftar."),
    ] = None,
    user: User = None,
    agency: Agency = None,
    purpose: Purpose = "prevention",
    dry_run: DryRun = False,
) -> None:
    """Terima berita dari umpan RSS atau Atom. Alamat harus terdaftar di KENTONGAN_NEWS_FEEDS."""
    by = command_actor(user=user, agency=agency, purpose=purpose, at=timezone.now())
    asked = sources or settings.NEWS_FEEDS
    if not asked:
        raise NoSuchFile(
            _("Tidak ada umpan yang terdaftar. Berikan berkas RSS/Atom, atau daftarkan alamat di KENTONGAN_NEWS_FEEDS.")
        )
    for source in asked:
        content = fetched(source) if "://" in source else content_of(Path(source))
        contents = documents_in(content)
        if contents.form is not Form.FEED:
            raise FileRefused(_("%(source)s bukan umpan RSS atau Atom.") % {"source": source})
        batch = batch_of(contents, content, "", channel=Report.Channel.FEED)
        console.print(source, style="bold", markup=False, soft_wrap=True)
        _tell(_received(batch, by, skip_bad=True, dry_run=dry_run), batch, None)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file; NoSuchFile says why not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NoSuchFile(
            _("Berkas %(path)s tidak dapat dibuka: %(why)s.") % {"path": path, "why": why_refused(error)}
        ) from error


def _received(batch: Batch, by: Actor, *, skip_bad: bool, dry_run: bool) -> BatchReceived:
    receive_them = receive_good_ones if skip_bad else receive_all
    with transaction.atomic():
        outcome = receive_them(drafts=batch.drafts, faults=batch.faults, by=by, at=timezone.now())
        transaction.set_rollback(dry_run)
    return outcome


def _tell(outcome: BatchReceived, batch: Batch, bad_rows: Path | None) -> None:
    for note in batch.notes:
        console.print(note, markup=False, soft_wrap=True)
    console.print(
        _("%(new)s laporan baru, %(known)s sudah pernah diterima.") % {"new": outcome.new, "known": outcome.known}
    )
    for fault in outcome.faults:
        console.print(fault.sentence, style="red", markup=False, soft_wrap=True)
    if outcome.faults and batch.table is not None and bad_rows is not None:
        try:
            bad_rows.write_text(bad_rows_csv(batch.table, outcome.faults), encoding="utf-8", newline="")
        except OSError as error:
            raise NoSuchFile(
                _(
                    "Baris yang baik sudah disimpan, tetapi %(file)s tidak dapat ditulis: %(why)s. Pilih tempat lain dengan --bad-rows."
                )
                % {"file": bad_rows, "why": why_refused(error)}
            ) from error
        console.print(_("Baris yang salah ditulis ke %(file)s.") % {"file": bad_rows}, markup=False, soft_wrap=True)


COMMANDS = {"import": import_reports, "feed": feed}
