"""`kentongan audit`: seal the trail, verify it, prove one row, hand its heads to others."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kentongan.kit.errors import KentonganError

from . import keys, privileges, proofs, proving, sealing, trail
from .catalogue import Trail
from .models import TreeHead
from .notes import MalformedNote, Verifier, notes_in, verifier_of
from .verifying import HeldHead, Verified
from .verifying import verify as verify_trail

WRONG = 1
SHOWN = 100
"""Faults that are printed one by one; `--json` has them all."""

terminal = Console(stderr=True)
app = typer.Typer(
    help="Jejak: segel, periksa, buktikan satu baris, dan serahkan kepalanya kepada mitra.", no_args_is_help=True
)

Trusted = Annotated[
    list[str] | None, typer.Option("--trust", help="Kunci publik (vkey) yang diketahui benar dari jalan lain.")
]


class NotAKey(KentonganError):
    """The word is no public key."""

    code = "audit.not_a_key"


class UnreadableFile(KentonganError):
    """The file cannot be read, or is not what is asked for."""

    code = "audit.unreadable_file"


class NothingSealed(KentonganError):
    """There is no head yet."""

    code = "audit.nothing_sealed"


class FileExists(KentonganError):
    """The file to be written is already there."""

    code = "audit.file_exists"


@app.command()
def seal() -> None:
    """Segel baris jejak yang menunggu. Pekerja latar melakukannya sendiri setiap menit."""
    with _progress(_("Menyegel")) as told:
        done = 0

        def sealed(rows: int) -> None:
            nonlocal done
            done += rows
            told(done, None)

        sealing.seal_all(clock=timezone.now, sealed=sealed)
    last = sealing.last_head()
    _say(
        _("%(new)s baris baru disegel; %(all)s baris di bawah kepala %(head)s.")
        % {"new": done, "all": last.size if last else 0, "head": last.number if last else 0}
    )


@app.command()
def verify(
    head: Annotated[
        list[Path] | None, typer.Option("--head", help="Berkas kepala yang disimpan pihak lain; boleh beberapa.")
    ] = None,
    trust: Trusted = None,
    as_json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Periksa seluruh jejak: setiap baris, daun, cabang, kepala, dan kunci. Keluar dengan 1 jika ada yang salah."""
    held = [one for path in head or () for one in _held(path)]
    with _progress(_("Memeriksa"), is_quiet=as_json) as told:
        verified = verify_trail(held=held, trusted=_verifiers(trust), progress=told)
    if as_json:
        print(json.dumps(_plain(verified), ensure_ascii=False, indent=2))  # noqa: T201 - the answer
    else:
        _print(verified)
    if verified.faults:
        raise typer.Exit(WRONG)


@app.command()
def prove(
    row: Annotated[int, typer.Argument(help="Nomor baris jejak.")],
    as_json: Annotated[bool, typer.Option("--json", help="Cetak berkas buktinya.")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="Tulis berkas buktinya ke sini.")] = None,
) -> None:
    """Buktikan bahwa satu baris ada dalam jejak; buktinya dapat diperiksa tanpa jejak itu sendiri."""
    proof = proving.prove(row)
    trail.note_look(Trail.ROW_PROVED, by=trail.Keeper(ref="system:command"), at=timezone.now(), on=f"trailrow:{row}")
    if to:
        _write(to, proof.text + "\n")
    if as_json:
        print(proof.text)  # noqa: T201 - the answer
    else:
        _print_proof(proof, ())


@app.command("check-proof")
def check_proof(file: Annotated[Path, typer.Argument(help="Berkas bukti.")], trust: Trusted = None) -> None:
    """Periksa berkas bukti tanpa basis data. Keluar dengan 1 jika tidak berlaku."""
    try:
        proof = proofs.proof_of(_read(file))
    except proofs.MalformedProof as fault:
        raise UnreadableFile(_("%(file)s bukan berkas bukti. Minta berkasnya lagi.") % {"file": file}) from fault
    if not _print_proof(proof, _verifiers(trust)):
        raise typer.Exit(WRONG)


@app.command()
def export(
    to: Annotated[Path | None, typer.Option("--to", help="Tulis ke berkas ini; tanpa ini ke keluaran.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Semua kepala, bukan hanya yang terakhir.")] = False,
) -> None:
    """Keluarkan kepala pohon yang ditandatangani, untuk disimpan pihak lain (catatan bertanda tangan C2SP)."""
    notes = TreeHead.objects.order_by("-number").values_list("note", flat=True)
    chosen = list(reversed(notes)) if every else list(notes[:1])
    if not chosen:
        raise NothingSealed(_("Belum ada kepala: belum ada yang disegel. Jalankan `kentongan audit seal` dahulu."))
    text = "\n".join(chosen)
    if to:
        _write(to, text)
        _say(_("%(count)s kepala ditulis ke %(file)s.") % {"count": len(chosen), "file": to})
    else:
        print(text, end="")  # noqa: T201 - the answer


@app.command()
def heads(most: Annotated[int, typer.Option(help="Sebanyak ini yang terakhir.")] = 20) -> None:
    """Tampilkan kepala pohon dan kunci publik yang menandatanganinya."""
    table = Table()
    for heading in (_("Kepala"), _("Saat"), _("Baris"), _("Akar"), _("Kunci")):
        table.add_column(heading)
    for one in TreeHead.objects.order_by("-number")[:most]:
        at = timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(str(one.number), at, str(one.size), f"{bytes(one.root).hex()[:16]}…", one.key)
    Console().print(table)
    for verifier in keys.verifiers():
        print(verifier.vkey)  # noqa: T201 - the answer


@app.command("rotate-key")
def rotate_key(
    lost: Annotated[bool, typer.Option("--lost", help="Kunci lama hilang: kunci baru tidak dijaminnya.")] = False,
) -> None:
    """Ganti kunci segel; kunci baru dijamin kunci lama, lalu kunci privat lama dihapus."""
    made = keys.rotate(at=timezone.now(), was_lost=lost)
    _say(_("Kunci segel baru; serahkan kunci publiknya kepada pemegang kepala:"))
    print(made.vkey)  # noqa: T201 - the answer


@app.command()
def role(
    name: Annotated[str, typer.Option("--name", help="Peran PostgreSQL yang dipakai aplikasi.")],
    apply: Annotated[bool, typer.Option("--apply", help="Jalankan, bukan hanya cetak.")] = False,
) -> None:
    """Cetak atau jalankan izin basis data: peran aplikasi hanya dapat menambah dan membaca jejak."""
    if apply:
        privileges.apply(name)
        _say(_("Peran %(role)s kini hanya dapat menambah dan membaca jejak.") % {"role": name})
    else:
        print("".join(f"{statement};\n" for statement in privileges.statements(name)), end="")  # noqa: T201 - the answer


def _say(text: str, *, style: str = "") -> None:
    """Print a line as it is: names of files may look like markup."""
    terminal.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _held(path: Path) -> list[HeldHead]:
    try:
        notes = notes_in(_read(path))
    except MalformedNote:
        notes = []
    return [HeldHead(path.name, note) for note in notes] or [HeldHead(path.name, "")]


def _verifiers(vkeys: list[str] | None) -> list[Verifier]:
    try:
        return [verifier_of(vkey) for vkey in vkeys or ()]
    except MalformedNote as fault:
        raise NotAKey(
            _("%(key)s bukan kunci publik. Salin seluruh vkey dari `kentongan audit heads`.") % {"key": fault}
        ) from fault


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise UnreadableFile(_("%(file)s tidak dapat dibaca. Periksa nama dan izinnya.") % {"file": path}) from fault


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as fault:
        raise FileExists(_("%(file)s sudah ada dan tidak ditimpa. Pilih nama lain.") % {"file": path}) from fault
    except OSError as fault:
        raise UnreadableFile(_("%(file)s tidak dapat ditulis. Pilih folder lain.") % {"file": path}) from fault


def _print(verified: Verified) -> None:
    for fault in verified.faults[:SHOWN]:
        _say(f"✗ {fault.text}  [{fault.code}]", style="red")
    if len(verified.faults) > SHOWN:
        _say(_("… dan %(count)s lagi; --json memuat semuanya.") % {"count": len(verified.faults) - SHOWN})
    about = {"rows": verified.rows, "heads": verified.heads, "held": verified.held, "waiting": verified.waiting}
    _say(
        _("%(rows)s baris, %(heads)s kepala, %(held)s kepala dari luar diperiksa; %(waiting)s baris belum disegel.")
        % about
    )
    if verified.last:
        _say(_("Terbukti sampai %(at)s.") % {"at": verified.last.at} if not verified.faults else _("Ada yang salah."))
    if not verified.held:
        _say(_("Tanpa kepala dari luar (--head) pemegang kunci segel dapat menyegel ulang tanpa terlihat."))


def _plain(verified: Verified) -> dict[str, object]:
    return {
        "rows": verified.rows,
        "heads": verified.heads,
        "held": verified.held,
        "waiting": verified.waiting,
        "sealed_to": verified.last.at if verified.last else None,
        "faults": [asdict(fault) for fault in verified.faults],
    }


def _print_proof(proof: proofs.Proof, trusted: list[Verifier] | tuple[()]) -> bool:
    proved = proofs.check(proof, trusted)
    if proved is None:
        _say(_("✗ Bukti ini tidak berlaku: baris, jalur, kepala, atau kuncinya tidak cocok."), style="red")
        return False
    row = json.dumps(proved.row, ensure_ascii=False, indent=2)
    print(row.encode(errors="backslashreplace").decode())  # noqa: T201 - the answer; half a sign has no UTF-8
    about = {
        "leaf": proved.index,
        "size": proved.head.size,
        "origin": proved.head.origin,
        "at": proved.head.at,
        "vkey": proved.signer.vkey,
    }
    _say(_("✓ Daun %(leaf)s dari %(size)s dalam jejak %(origin)s, kepala per %(at)s.") % about, style="green")
    if not proved.is_trusted:
        _say(
            _("Kuncinya dari bukti itu sendiri: bandingkan %(vkey)s dengan yang Anda ketahui, atau pakai --trust.")
            % about
        )
    return True


@contextmanager
def _progress(doing: str, *, is_quiet: bool = False) -> Iterator[Callable[[int, int | None], None]]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=terminal,
        disable=is_quiet,
        transient=True,
    ) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
