"""What makes this installation weak, each with what to do about it: `kentongan check --deploy`.

A weakness is serious when somebody who should not could come in, read or change something because of it, or when the
trail or the data could be lost. The others are worth an administrator's attention.
"""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F, Q, QuerySet

from kentongan.agencies.models import ApiToken, Officer, Posting
from kentongan.agencies.rules import ADMINISTRATOR, ROLE_LABELS
from kentongan.agencies.second_factor import EVERY_ROLE, has_own_factor, has_second_factor, is_required
from kentongan.agencies.staff import LONGEST_TOKEN, with_lapsed_first_password
from kentongan.agreements.access import role_table
from kentongan.audit import keys, privileges, sealing
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.demonstration.accounts import ACCOUNTS
from kentongan.intake.models import Report
from kentongan.kit.errors import KentonganError

UNUSED_FOR = timedelta(days=90)
UNSEALED_FOR = timedelta(hours=1)
BACKUP_EVERY = timedelta(days=7)
SHORTEST_SECRET = 50
DIFFERENT_SIGNS = 10
KNOWN_SECRETS = frozenset({"only-for-tests", "secret", "changeme", "kentongan"})
MOUNTS = Path("/proc/mounts")
NETWORK_FILE_SYSTEMS = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
)  # fmt: skip
LOCAL_HOSTS = frozenset({"", "localhost", "127.0.0.1", "::1"})
NAMED_AT_MOST = 10

COVERED_HERE = frozenset({
    "security.W004", "security.W008", "security.W012", "security.W016",  # HTTPS
    "security.W009", "security.W025", "security.W018", "security.W020",  # the secret and former ones, DEBUG, hosts
    "security.W005", "security.W021",  # HSTS of subdomains and preload: for the owner of the whole domain to decide
})  # fmt: skip
"""Django's own checks that are said here in the installation's words, or that are not for one host to settle."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """One thing that makes the installation weak."""

    code: str
    is_serious: bool
    what: str
    remedy: str


def weaknesses(*, at: datetime) -> list[Weakness]:
    """Return every weakness that can be told from here, the serious ones first."""
    found = [weakness for look in (*OF_THE_SETTINGS, *OF_THE_DATA) for weakness in look(at)]
    return sorted(found, key=lambda weakness: not weakness.is_serious)


def unprepared(*, at: datetime) -> list[Weakness]:  # noqa: ARG001 - asked like the others
    """Return what keeps the code and the database from fitting together."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [
        _serious("database.waiting", f"{len(waiting)} migrasi belum dijalankan.", "Jalankan `kentongan init`.")
        for _once in waiting[:1]
    ] + [_serious(fault.id or "django", fault.msg, fault.hint or "") for fault in run_checks() if fault.level >= 30]


def _serious(code: str, what: str, remedy: str) -> Weakness:
    return Weakness(code, True, what, remedy)


def _notable(code: str, what: str, remedy: str) -> Weakness:
    return Weakness(code, False, what, remedy)


def _debug(_at: datetime) -> Iterator[Weakness]:
    if settings.DEBUG:
        yield _serious(
            "settings.debug",
            "KENTONGAN_DEBUG menyala: setiap kesalahan menampilkan isi program dan pengaturan.",
            "Matikan: hapus KENTONGAN_DEBUG atau isi 0.",
        )


def _demonstration(_at: datetime) -> Iterator[Weakness]:
    known = Officer.objects.filter(username__in=[account.username for account in ACCOUNTS], is_active=True)
    if settings.IS_DEMONSTRATION and Report.objects.filter(is_simulated=False).exists():
        yield _serious(
            "demonstration.real_data",
            "Ini peragaan, tetapi ada laporan yang bukan simulasi. Dalam peragaan faktor kedua tidak diwajibkan.",
            "Pindahkan laporan itu ke pemasangan sungguhan, lalu hapus KENTONGAN_DEMONSTRATION.",
        )
    elif settings.IS_DEMONSTRATION:
        yield _notable(
            "demonstration.on",
            "Ini peragaan: faktor kedua tidak diwajibkan dan sandi akunnya tercetak.",
            "Pakai pemasangan lain untuk data sungguhan.",
        )
    elif Report.objects.filter(is_simulated=True).exists() and known.exists():
        yield _serious(
            "demonstration.accounts",
            f"Akun peragaan masih terbuka di pemasangan sungguhan: {_some(known)}. Sandinya tersimpan dalam berkas.",
            "Cabut akun itu di halaman Petugas, atau mulai dengan KENTONGAN_HOME yang kosong.",
        )


def _https(_at: datetime) -> Iterator[Weakness]:
    if not settings.IS_SECURE:
        yield _serious(
            "settings.https",
            "HTTPS tidak diwajibkan: sandi dan isi dapat dibaca di jaringan.",
            "Pasang sertifikat di depan server, lalu isi KENTONGAN_HTTPS=1 (dan KENTONGAN_BEHIND_PROXY=1 bila lewat proksi).",
        )


def _hosts(_at: datetime) -> Iterator[Weakness]:
    if any(host.startswith("*") for host in settings.ALLOWED_HOSTS) or not settings.ALLOWED_HOSTS:
        yield _serious(
            "settings.hosts",
            "KENTONGAN_HOSTS menerima nama apa pun: tautan dapat dipalsukan ke tempat lain.",
            "Tulis nama pemasangan ini saja, misalnya KENTONGAN_HOSTS=kentongan.contoh.go.id.",
        )


def _secret_key(_at: datetime) -> Iterator[Weakness]:
    if _is_weak(settings.SECRET_KEY):
        yield _serious(
            "settings.secret_key",
            "Kunci rahasia (KENTONGAN_SECRET_KEY) terlalu pendek atau dikenal umum: sesi dapat dipalsukan.",
            "Pindahkan nilainya ke berkas yang disebut KENTONGAN_SECRET_KEY_FALLBACKS_FILE; pemasangan membuat kunci sendiri saat "
            "dijalankan. Lalu jalankan `kentongan reseal` dan hapus kunci lamanya. Bila kunci lama langsung dibuang, faktor "
            "kedua semua petugas dan rahasia webhook tidak berlaku lagi (docs/how-to/sign-in.md).",
        )
    if settings.SECRET_KEY_FALLBACKS:
        is_weak = any(map(_is_weak, settings.SECRET_KEY_FALLBACKS))
        yield (_serious if is_weak else _notable)(
            "settings.former_secret_key",
            "Kunci rahasia lama (KENTONGAN_SECRET_KEY_FALLBACKS) masih berlaku: siapa pun yang mengetahuinya dapat memalsukan."
            + (" Di antaranya ada yang terlalu pendek atau dikenal umum." if is_weak else ""),
            "Jalankan `kentongan reseal` sampai tidak ada lagi yang disegel ulang, lalu hapus kunci lama itu.",
        )


def _is_weak(secret: str) -> bool:
    is_short = len(secret) < SHORTEST_SECRET or len(set(secret)) < DIFFERENT_SIGNS
    return is_short or secret in KNOWN_SECRETS or secret.startswith("django-insecure-")


def _secret_files(_at: datetime) -> Iterator[Weakness]:
    for name, path in settings.SECRET_FILES.items():
        if _is_open_to_others(path):
            yield _serious(
                "files.secret",
                f"Berkas rahasia {path} ({name}) dapat dibaca orang lain di mesin ini.",
                f"Jalankan: chmod 600 {path}",
            )


def _is_open_to_others(path: Path) -> bool:
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def _database(_at: datetime) -> Iterator[Weakness]:
    yield from _sqlite() if connection.vendor == "sqlite" else _server()


def _sqlite() -> Iterator[Weakness]:
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    if journal != "wal" or synchronous < 2:
        yield _serious(
            "database.not_durable",
            f"SQLite berjalan dengan journal_mode={journal} dan synchronous={synchronous}: listrik padam dapat menghilangkan jejak.",
            "Hapus pengaturan sendiri atas basis data; pakai WAL dan FULL seperti bawaan.",
        )
    if not file.exists():
        return
    if stat.S_IMODE(file.stat().st_mode) & stat.S_IRWXO:
        yield _serious(
            "files.database",
            f"Berkas basis data {file} dapat dibaca siapa pun di mesin ini.",
            f"Jalankan: chmod 600 {file}",
        )
    kind = file_system_of(file, MOUNTS.read_text(encoding="utf-8") if MOUNTS.exists() else "")
    if kind in NETWORK_FILE_SYSTEMS:
        yield _serious(
            "database.network_file_system",
            f"Basis data SQLite terletak di sistem berkas jaringan ({kind}): penguncian di sana tidak dapat dipercaya.",
            "Pindahkan KENTONGAN_HOME ke cakram lokal, atau pakai PostgreSQL.",
        )


def file_system_of(path: Path, mounts: str) -> str:
    """Return the kind of file system that holds the path, by the kernel's table of mounts; empty where it is not known."""
    lines = [line.split() for line in mounts.splitlines()]
    points = {cells[1].replace("\\040", " "): cells[2] for cells in lines if len(cells) > 2}
    holding = [point for point in points if path.absolute().is_relative_to(point)]
    return points[max(holding, key=len)] if holding else ""


def _server() -> Iterator[Weakness]:
    database = settings.DATABASES["default"]
    host = str(database.get("HOST") or "")
    mode = str(database.get("OPTIONS", {}).get("sslmode", ""))
    if host not in LOCAL_HOSTS and not host.startswith("/") and mode not in ("require", "verify-ca", "verify-full"):
        yield _serious(
            "database.plain",
            f"Hubungan ke basis data di {host} tidak wajib terenkripsi.",
            "Tambahkan ?sslmode=verify-full (atau require) pada DATABASE_URL.",
        )
    for weakness in privileges.weaknesses():
        yield _serious(
            "database.role",
            weakness,
            "Layani dengan peran lain: sebagai pemiliknya jalankan `kentongan audit role --name PERAN --apply`, lalu pakai "
            "PERAN itu dalam DATABASE_URL (docs/how-to/postgresql.md).",
        )


def _cache(_at: datetime) -> Iterator[Weakness]:
    if str(settings.CACHES["default"]["BACKEND"]).rpartition(".")[2] in ("LocMemCache", "DummyCache"):
        yield _serious(
            "settings.cache",
            "Percobaan masuk dihitung per proses: batasnya berlipat dengan banyaknya proses.",
            "Pakai cache bersama, seperti bawaan (DatabaseCache).",
        )


def _email(_at: datetime) -> Iterator[Weakness]:
    if settings.EMAIL_HOST not in LOCAL_HOSTS and not settings.EMAIL_USE_TLS:
        yield _serious(
            "settings.email",
            f"Surel dikirim ke {settings.EMAIL_HOST} tanpa enkripsi.",
            "Hapus KENTONGAN_EMAIL_TLS=0; bila server itu tidak mendukungnya, pakai server lain.",
        )


def _optional_roles(_at: datetime) -> Iterator[Weakness]:
    optional = settings.MFA_OPTIONAL_ROLES
    relaxed = [
        role for role in ROLE_LABELS if is_required(role, optional=()) and not is_required(role, optional=optional)
    ]
    if relaxed:
        everybody = EVERY_ROLE in optional
        yield (_serious if everybody or ADMINISTRATOR in relaxed else _notable)(
            "second_factor.optional",
            f"Faktor kedua tidak diwajibkan untuk {'semua peran' if everybody else ', '.join(relaxed)}.",
            "Hapus peran itu dari KENTONGAN_MFA_OPTIONAL_ROLES.",
        )


def _without_factor(at: datetime) -> Iterator[Weakness]:
    roles = [role for role in ROLE_LABELS if is_required(role, optional=settings.MFA_OPTIONAL_ROLES)]
    serving = Posting.objects.filter(ended_at__isnull=True, role__in=roles)
    open_ones = Officer.objects.filter(
        ~with_lapsed_first_password(at=at), is_active=True, pk__in=serving.values("officer")
    )
    lacking = open_ones.filter(~has_second_factor())
    if lacking.exists():
        yield _notable(
            "second_factor.missing",
            f"{lacking.count()} petugas belum memasang faktor kedua yang wajib bagi perannya: {_some(lacking)}.",
            "Mintalah mereka masuk dan memasangnya; siapa pun yang tahu sandinya dapat mendahului.",
        )
    only_outside = open_ones.filter(has_second_factor(), ~has_own_factor())
    if only_outside.exists():
        yield _notable(
            "second_factor.only_outside",
            f"{only_outside.count()} petugas punya faktor kedua hanya di penyedia luar: {_some(only_outside)}.",
            "Mintalah mereka masuk sekali dengan sandi di sini dan memasang faktor kedua; siapa pun yang tahu sandi itu dapat mendahului.",
        )


def _tokens(at: datetime) -> Iterator[Weakness]:
    open_ones = ApiToken.objects.filter(revoked_at__isnull=True, expires_at__gt=at, officer__is_active=True)
    long_ones = open_ones.filter(expires_at__gt=F("created_at") + LONGEST_TOKEN)
    if long_ones.exists():
        yield _serious(
            "tokens.too_long",
            f"{long_ones.count()} kunci API berlaku lebih dari {LONGEST_TOKEN.days} hari.",
            "Cabut kunci itu dan buat yang baru.",
        )
    before = at - UNUSED_FOR
    idle = open_ones.filter(Q(last_used_on__lt=before.date()) | Q(last_used_on__isnull=True, created_at__lt=before))
    if idle.exists():
        yield _notable(
            "tokens.unused",
            f"{idle.count()} kunci API tidak dipakai selama {UNUSED_FOR.days} hari.",
            "Mintalah pemiliknya mencabutnya.",
        )


def _administrators(_at: datetime) -> Iterator[Weakness]:
    contents = sorted(c for c, (reads, acts) in role_table().get(ADMINISTRATOR, {}).items() if reads or acts)
    if contents:
        yield _serious(
            "roles.administrator_reads",
            f"Peran administrator membuka isi: {', '.join(contents)}. Administrator melihat pengaturan, bukan isi.",
            "Kembalikan baris administrator dalam tabel peran.",
        )
    above_the_gate = Officer.objects.filter(Q(is_superuser=True) | Q(is_staff=True), is_active=True)
    if above_the_gate.exists():
        yield _serious(
            "accounts.superusers",
            f"Ada akun dengan hak Django di luar gerbang: {_some(above_the_gate)}.",
            "Cabut akun itu; peran diberikan lewat penugasan.",
        )


def _trail(at: datetime) -> Iterator[Weakness]:
    try:
        head = sealing.last_head()
    except KentonganError as refusal:
        yield _serious(
            "trail.broken",
            refusal.message,
            "Simpan salinan basis data ini sebagai bukti, lalu cari siapa yang menulisnya.",
        )
        return
    oldest = TrailRow.objects.filter(pk__gt=head.rows_to if head else 0).order_by("pk").first()
    if oldest and oldest.at < at - UNSEALED_FOR:
        yield _serious(
            "trail.unsealed",
            f"Jejak sejak {oldest.at:%Y-%m-%d %H:%M} UTC belum disegel: yang belum disegel dapat diubah tanpa ketahuan.",
            "Pastikan pekerja latar berjalan (`kentongan serve` atau `kentongan work`), lalu lihat log-nya.",
        )


def _sealing_key(_at: datetime) -> Iterator[Weakness]:
    try:
        keys.signer_if_made()
    except keys.KeyNotHere:
        return  # another machine seals; where none does, rows stay unsealed and that is named
    except KentonganError as refusal:
        yield _serious(
            "trail.key",
            refusal.message,
            "Selama itu tidak ada yang disegel di mesin ini. Sesudahnya: `kentongan audit seal`.",
        )


def _backups(at: datetime) -> Iterator[Weakness]:
    if not TrailRow.objects.filter(event=Trail.SIGNED_IN, at__lt=at - BACKUP_EVERY).exists():
        return  # nobody has worked here long enough for something to be lost
    kept = (Trail.BACKUP_COMPLETED, Trail.RESTORED)  # what was just restored lies in the backup that it came from
    last = TrailRow.objects.filter(event__in=kept).order_by("-pk").first()
    if last is None or last.at < at - BACKUP_EVERY:
        begun = TrailRow.objects.filter(event=Trail.BACKUP_TAKEN, pk__gt=last.pk if last else 0).order_by("-pk").first()
        yield _serious(
            "backup.old",
            (f"Cadangan terakhir: {last.at:%Y-%m-%d}." if last else "Belum pernah ada cadangan yang selesai.")
            + (f" Yang dimulai {begun.at:%Y-%m-%d} tidak selesai." if begun else ""),
            "Jalankan `kentongan backup BERKAS` secara berkala, lihat apa yang dikatakannya, dan simpan di mesin lain.",
        )


def _outside_provider(_at: datetime) -> Iterator[Weakness]:
    if settings.OIDC_ISSUER and urlsplit(settings.OIDC_ISSUER).scheme != "https":
        yield _serious(
            "settings.oidc",
            "Penyedia akun luar dihubungi tanpa HTTPS.",
            "Pakai alamat https:// pada KENTONGAN_OIDC_ISSUER.",
        )


def _django(_at: datetime) -> Iterator[Weakness]:
    for fault in run_checks(tags=[Tags.security], include_deployment_checks=True):
        if fault.id not in COVERED_HERE:
            yield _serious(fault.id or "django", f"Pemeriksaan Django {fault.id}: {fault.msg}", fault.hint or "")


def _some(officers: QuerySet[Officer]) -> str:
    names = list(officers.order_by("username").values_list("username", flat=True)[: NAMED_AT_MOST + 1])
    return ", ".join(names[:NAMED_AT_MOST]) + (", …" if len(names) > NAMED_AT_MOST else "")


Look = Callable[[datetime], Iterator[Weakness]]
OF_THE_SETTINGS: tuple[Look, ...] = (
    _debug, _https, _hosts, _secret_key, _secret_files, _database, _cache, _email, _outside_provider, _django,
)  # fmt: skip
OF_THE_DATA: tuple[Look, ...] = (
    _demonstration, _optional_roles, _without_factor, _tokens, _administrators, _trail, _sealing_key,
    _backups,
)  # fmt: skip
