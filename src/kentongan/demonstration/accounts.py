"""One account for each role of the demonstration, with passwords made at random and shown once more on every start."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

WORDS = [
    "batu",
    "bambu",
    "damar",
    "embun",
    "fajar",
    "gading",
    "hutan",
    "intan",
    "jagung",
    "kelapa",
    "lontar",
    "mutiara",
    "nira",
    "ombak",
    "pandan",
    "rotan",
    "sagu",
    "tenun",
    "ubi",
    "wijen",
]


@dataclass(frozen=True, slots=True)
class Account:
    """Who can sign in to the demonstration."""

    username: str
    agency: str
    role: str
    does: str


ACCOUNTS = (
    Account("analis", "ditjenim", "analyst", "analis jaga: seluruh NTT dan Banten, pemilik pemantauan"),
    Account("koordinator.ditjenim", "ditjenim", "coordinator", "koordinator pusat: menyetujui faktor dan bobot indeks"),
    Account("pimpinan.ditjenim", "ditjenim", "leader", "pimpinan pusat: menyetujui faktor dan bobot indeks"),
    Account("analis.atambua", "kanim-atambua", "analyst", "analis Kantor Imigrasi Atambua"),
    Account("petugas.atambua", "kanim-atambua", "case_officer", "menerima dan menutup peringatan"),
    Account("petugas.belu", "polres-belu", "case_officer", "Polres Belu: hanya melihat yang ditujukan kepadanya"),
    Account("petugas.bp3mi", "bp3mi-ntt", "case_officer", "BP3MI NTT: mendukung perkara, melihat hanya yang dibagikan"),
    Account(
        "petugas.dinsos", "dinsos-ntt", "social_worker", "Dinas Sosial NTT: menerima rujukan, tidak melihat perkaranya"
    ),
    Account("pos.motaain", "plbn-motaain", "post_officer", "petugas pos lintas batas"),
    Account("desa.silawan", "desa-silawan", "village_official", "perangkat desa: melapor dan laporan nihil"),
    Account("koordinator", "kanwil-im-ntt", "coordinator", "koordinator di kantor wilayah"),
    Account("pimpinan", "kanwil-im-ntt", "leader", "pimpinan: menyetujui klausul dan rencana bulan"),
    Account("koordinator.banten", "kanwil-im-banten", "coordinator", "Kanwil Imigrasi Banten: mencatat perjanjian"),
    Account("pimpinan.banten", "kanwil-im-banten", "leader", "Kanwil Imigrasi Banten: menyetujui klausul"),
    Account("analis.polda", "polda-banten", "analyst", "Polda Banten: hanya melihat yang dibuka klausul"),
    Account("pimpinan.polda", "polda-banten", "leader", "Polda Banten: menyetujui klausul"),
    Account("pengawas", "ditjenim", "overseer", "pengawas: jejak, bukan isi"),
    Account("pengawas.polda", "polda-ntt", "overseer", "Polda NTT: jejak perbuatan Polres di bawahnya, bukan isi"),
    Account("admin", "ditjenim", "administrator", "akun dan instansi, bukan isi"),
)


def passwords(home: Path) -> dict[str, str]:
    """Return the password of each account, the same ones as long as the installation lives; the file is its owner's only."""
    path = home / "demonstration_accounts.json"
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text())
        if known.keys() == {account.username for account in ACCOUNTS}:
            return known
    made = {account.username: _password() for account in ACCOUNTS}
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(made, file, indent=1)
    part.replace(path)
    return made


def _password() -> str:
    return "-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(9000) + 1000}"
