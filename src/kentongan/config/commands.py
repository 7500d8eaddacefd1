"""Commands of the installation itself: set up, serve, work, back up, restore.

What only some of them need is loaded by these alone: the worker has every room's tasks, and the engine with them.
"""

from pathlib import Path
from typing import Annotated

import typer
from django.core.management import call_command, execute_from_command_line
from django.utils import timezone
from rich.console import Console

from . import backups, deploy_check

console = Console(stderr=True)


def init() -> None:
    """Siapkan basis data, berkas statis, gazeter, kosakata, dan daftar instansi. Aman diulang."""
    from . import installation  # noqa: PLC0415 - see above

    installation.prepare(console)


def serve(
    host: Annotated[str, typer.Option(help="Alamat yang didengarkan.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", help="Porta.")] = 8000,
) -> None:
    """Layani web dan pekerja latar; Ctrl-C menghentikan semuanya."""
    from . import serving  # noqa: PLC0415 - see above

    serving.serve(host, port)


def demo(
    host: Annotated[str, typer.Option(help="Alamat yang didengarkan.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", help="Porta.")] = 8000,
) -> None:
    """Siapkan semuanya, isi dengan simulasi 18 bulan, jalankan pemantauan, lalu layani."""
    from kentongan.demonstration.commands import simulate_command  # noqa: PLC0415 - see above

    from . import installation, serving  # noqa: PLC0415 - see above

    serving.demand_free(host, port)
    installation.prepare(console)
    simulate_command()
    console.print(f"Kentongan melayani di http://{host}:{port} (Ctrl-C untuk berhenti)")
    serving.serve(host, port)


def work(once: Annotated[bool, typer.Option("--once", help="Kerjakan yang menunggu, lalu selesai.")] = False) -> None:
    """Jalankan pekerja latar: membaca laporan masuk dan menjalankan pemantauan."""
    from . import worker  # noqa: PLC0415 - see above

    worker.work(once=once)


def backup(file: Annotated[Path, typer.Argument(help="Berkas .zip yang akan ditulis.")]) -> None:
    """Cadangkan instalasi yang sedang berjalan ke satu berkas."""
    summary = backups.take(file)
    console.print(
        f"Cadangan ditulis: {file} ({summary.tables} tabel, {summary.rows} baris, sha256 {summary.sha256[:12]}…)"
    )


def restore(
    file: Annotated[Path, typer.Argument(help="Berkas cadangan.")],
    replace: Annotated[bool, typer.Option("--replace", help="Ganti data yang ada.")] = False,
) -> None:
    """Pulihkan instalasi dari berkas cadangan."""
    summary = backups.restore(file, replace=replace)
    console.print(f"Dipulihkan dari {file}: {summary.tables} tabel, {summary.rows} baris.")


def reseal() -> None:
    """Segel ulang faktor kedua dan rahasia webhook dengan kunci rahasia yang sekarang, sebelum kunci lama dihapus."""
    from . import resealing  # noqa: PLC0415 - see above

    done = resealing.reseal(at=timezone.now())
    console.print(f"{done.factors} faktor kedua dan {done.webhooks} webhook disegel ulang.")
    if done.unopened:
        console.print(f"{done.unopened} tidak terbuka dengan kunci mana pun di sini, dan tetap seperti semula.")


def check(
    deploy: Annotated[bool, typer.Option("--deploy", help="Sebut juga setiap kelemahan pemasangan ini.")] = False,
) -> None:
    """Periksa pemasangan ini; berakhir dengan 1 bila ada yang gawat."""
    at = timezone.now()
    found = deploy_check.unprepared(at=at)
    if deploy and not found:
        found = deploy_check.weaknesses(at=at)
    for weakness in found:
        typer.echo(f"[{'GAWAT' if weakness.is_serious else 'PERIKSA'}] {weakness.what}\n    {weakness.remedy}")
    serious = sum(weakness.is_serious for weakness in found)
    summary = f"{serious} gawat, {len(found) - serious} perlu diperiksa."
    typer.echo(summary if found else "Tidak ada kelemahan yang ditemukan.")
    if serious:
        raise typer.Exit(1)


def django_command(
    arguments: Annotated[list[str] | None, typer.Argument(help="Perintah Django, mis. migrate.")] = None,
) -> None:
    """Jalankan perintah Django apa adanya."""
    if arguments:
        execute_from_command_line(["kentongan django", *arguments])
    else:
        call_command("help")


COMMANDS = {
    "init": init,
    "demo": demo,
    "serve": serve,
    "work": work,
    "backup": backup,
    "restore": restore,
    "reseal": reseal,
    "check": check,
    "django": django_command,
}
