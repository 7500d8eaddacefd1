"""`kentongan check --deploy`: a weakness that is there is named with what to do, and one that is not there is not named."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from kentongan.agencies.models import ApiToken, Officer
from kentongan.agencies.rules import Console
from kentongan.audit import sealing, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow, TreeHead
from kentongan.config import deploy_check
from kentongan.config.deploy_check import file_system_of, weaknesses
from kentongan.demonstration.accounts import ACCOUNTS
from kentongan.intake.models import Report

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
SHARED_CACHE = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}}
NFS = "rootfs / ext4 rw 0 0\nserver:/data /srv nfs4 rw 0 0\n"


@pytest.fixture(autouse=True)
def sound(settings, tmp_path, monkeypatch):
    """An installation without a weakness; return a secret file that only its owner reads."""
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    database = tmp_path / "kentongan.sqlite3"
    database.touch(mode=0o600)
    settings.IS_SECURE = True
    settings.ALLOWED_HOSTS = ["kentongan.contoh.go.id"]
    settings.SECRET_KEY = "".join(chr(33 + n) for n in range(60))
    settings.SECRET_FILES = {"KENTONGAN_SECRET_KEY": secret}
    settings.CACHES = SHARED_CACHE
    settings.MFA_OPTIONAL_ROLES = frozenset()
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(database))
    monkeypatch.setattr(deploy_check, "MOUNTS", tmp_path / "mounts")
    return secret


def found(at=None) -> set[str]:
    return {weakness.code for weakness in weaknesses(at=at or timezone.now())} - NEED_NOT_LAST


def weaknesses_of(code: str) -> list:
    return [weakness for weakness in weaknesses(at=timezone.now()) if weakness.code == code]


NEED_NOT_LAST = {"database.not_durable"}
"""The tests' own database waits for no disk; test_command.py has the check on one that does."""


@pytest.fixture
def officer(officer_of):
    """An officer with a second factor and a password of their own."""
    made = officer_of(role="analyst", username="maria")
    Authenticator.objects.create(user=made, type="totp", data={})
    return made


def report(agency_of, **more):
    return Report.objects.create(
        owner=agency_of(), handling="personal", purpose="prevention", legal_basis="uji",
        retain_until=timezone.localdate(), channel="paste", checksum="a" * 64, original_checksum="a" * 64,
        text="Laporan", received_at=timezone.now(), received_by="officer:1", **more,
    )  # fmt: skip


def key(officer, *, created_at, expires_at, last_used_on=None):
    return ApiToken.objects.create(
        officer=officer, agency_id="kanim-atambua", role="analyst", name="uji", hashed=str(created_at),
        purpose="prevention", created_at=created_at, expires_at=expires_at, last_used_on=last_used_on,
    )  # fmt: skip


def test_a_sound_installation_has_none(officer):
    assert found() == set()


def test_a_database_that_would_lose_what_was_told_to_be_kept_is_named():
    assert "database.not_durable" in {weakness.code for weakness in weaknesses(at=timezone.now())}


def test_every_weakness_says_what_to_do(settings):
    settings.IS_SECURE, settings.DEBUG, settings.ALLOWED_HOSTS = False, True, ["*"]

    assert all(weakness.what and weakness.remedy for weakness in weaknesses(at=timezone.now()))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "settings.debug"),
        ("IS_SECURE", False, "settings.https"),
        ("ALLOWED_HOSTS", ["*"], "settings.hosts"),
        ("ALLOWED_HOSTS", [], "settings.hosts"),
        ("SECRET_KEY", "pendek", "settings.secret_key"),
        ("SECRET_KEY", "a" * 80, "settings.secret_key"),
        ("SECRET_KEY", "django-insecure-" + "".join(chr(40 + n) for n in range(60)), "settings.secret_key"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "settings.cache"),
        ("OIDC_ISSUER", "http://127.0.0.1:8080", "settings.oidc"),
        ("SECURE_CONTENT_TYPE_NOSNIFF", False, "security.W006"),
    ],
)
def test_a_weak_setting_is_named(name, value, code, settings):
    setattr(settings, name, value)

    assert found() == {code}


STRONG = "".join(chr(40 + n) for n in range(60))


def test_the_remedy_for_a_weak_key_keeps_the_second_factors(settings):
    settings.SECRET_KEY = "pendek"

    (weakness,) = weaknesses_of("settings.secret_key")

    assert "KENTONGAN_SECRET_KEY_FALLBACKS" in weakness.remedy
    assert "kentongan reseal" in weakness.remedy


@pytest.mark.parametrize(("former", "is_serious"), [(STRONG, False), ("pendek", True)])
def test_a_former_key_that_still_counts_is_named_and_gravely_where_it_is_weak(former, is_serious, settings):
    settings.SECRET_KEY_FALLBACKS = [former]

    (weakness,) = [one for one in weaknesses(at=timezone.now()) if one.code not in NEED_NOT_LAST]

    assert (weakness.code, weakness.is_serious) == ("settings.former_secret_key", is_serious)
    assert "kentongan reseal" in weakness.remedy


def test_mail_without_encryption_is_named_unless_the_server_is_this_machine(settings):
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST = "localhost"
    assert found() == set()

    settings.EMAIL_HOST = "surel.contoh.go.id"
    assert found() == {"settings.email"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_secret_file_that_others_read_is_named(mode, sound):
    sound.chmod(mode)

    (weakness,) = [w for w in weaknesses(at=timezone.now()) if w.code == "files.secret"]
    assert str(sound) in weakness.remedy


def test_a_database_file_that_everybody_reads_is_named(settings):
    Path(settings.DATABASES["default"]["NAME"]).chmod(0o644)

    assert found() == {"files.database"}


def test_an_embedded_database_on_a_network_is_named(settings, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"rootfs / ext4 rw 0 0\nserver:/data {tmp_path} nfs4 rw 0 0\n")

    assert found() == {"database.network_file_system"}

    mounts.write_text("rootfs / ext4 rw 0 0\n")
    assert found() == set()


@pytest.mark.parametrize(("file", "kind"), [("/srv/a/b", "nfs4"), ("/srvx/a", "ext4"), ("/a", "ext4")])
def test_a_file_lies_on_the_nearest_mount(file, kind):
    assert file_system_of(Path(file), NFS) == kind


@pytest.mark.parametrize(
    ("host", "options", "is_weak"),
    [
        ("db.contoh.go.id", {}, True),
        ("db.contoh.go.id", {"sslmode": "prefer"}, True),
        ("db.contoh.go.id", {"sslmode": "verify-full"}, False),
        ("127.0.0.1", {}, False),
        ("/run/postgresql", {}, False),
    ],
)
def test_a_database_server_is_reached_in_secret(host, options, is_weak, settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", host)
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", options)

    assert bool(list(deploy_check._server())) is is_weak


def test_what_the_database_role_could_do_to_the_trail_is_named_with_the_command_that_ends_it(monkeypatch):
    monkeypatch.setattr(
        deploy_check.privileges, "weaknesses", lambda: ["Peran kentongan memiliki tabel audit_trailrow."]
    )

    (weakness,) = deploy_check._server()

    assert (weakness.code, weakness.is_serious) == ("database.role", True)
    assert "audit_trailrow" in weakness.what
    assert "kentongan audit role" in weakness.remedy


def test_a_demonstration_is_named_and_gravely_with_real_reports(settings, agency_of):
    settings.IS_DEMONSTRATION = True
    report(agency_of, is_simulated=True)
    assert found() == {"demonstration.on"}

    Report.objects.update(is_simulated=False)
    assert found() == {"demonstration.real_data"}


def test_accounts_of_a_demonstration_in_a_real_installation_are_named(agency_of):
    report(agency_of, is_simulated=True)
    account = Officer.objects.create_user(username=ACCOUNTS[0].username, password="x")
    assert found() == {"demonstration.accounts"}

    account.is_active = False
    account.save()
    assert found() == set()


@pytest.mark.parametrize(
    ("optional", "is_serious"), [({"leader"}, False), ({"administrator"}, True), ({"*"}, True), ({"reporter"}, None)]
)
def test_roles_that_need_no_second_factor_here_are_named(optional, is_serious, settings):
    settings.MFA_OPTIONAL_ROLES = frozenset(optional)

    told = [w.is_serious for w in weaknesses(at=timezone.now()) if w.code == "second_factor.optional"]

    assert told == ([] if is_serious is None else [is_serious])


def test_officers_without_the_second_factor_of_their_role_are_named(officer, officer_of):
    officer_of("polres-belu", role="reporter", username="pelapor", kind="police")
    assert found() == set()

    Authenticator.objects.all().delete()
    (weakness,) = [w for w in weaknesses(at=timezone.now()) if w.code == "second_factor.missing"]
    assert "maria" in weakness.what
    assert "pelapor" not in weakness.what


def test_officers_whose_only_factor_is_at_the_provider_are_named_with_what_they_can_do(officer, settings):
    settings.OIDC_ISSUER, settings.OIDC_AMR = "https://login.contoh.go.id", ["mfa"]
    officer.socialaccount_set.create(provider="oidc", uid="s-1")
    assert found() == set()

    Authenticator.objects.all().delete()
    (weakness,) = [w for w in weaknesses(at=timezone.now()) if w.code.startswith("second_factor.")]
    assert weakness.code == "second_factor.only_outside"
    assert "maria" in weakness.what
    assert "dengan sandi di sini" in weakness.remedy


@pytest.mark.parametrize(("days", "is_named"), [(15, False), (13, True)])
def test_a_first_password_that_opens_nothing_makes_nothing_weak(days, is_named, officer):
    Authenticator.objects.all().delete()
    given = timezone.now() - timedelta(days=days)
    Officer.objects.update(must_change_password=True, first_password_at=given)

    assert found() == ({"second_factor.missing"} if is_named else set())


@pytest.mark.parametrize(("days", "is_named"), [(365, False), (400, True)])
def test_keys_that_last_too_long_are_named(days, is_named, officer):
    at = timezone.now()
    key(officer, created_at=at, expires_at=at + timedelta(days=days))

    assert found() == ({"tokens.too_long"} if is_named else set())


@pytest.mark.parametrize(
    ("created", "used", "is_named"), [(100, None, True), (100, 95, True), (100, 5, False), (5, None, False)]
)
def test_keys_that_nobody_uses_are_named(created, used, is_named, officer):
    at = timezone.now()
    last = timezone.localdate(at) - timedelta(days=used) if used else None
    key(officer, created_at=at - timedelta(days=created), expires_at=at + timedelta(days=30), last_used_on=last)

    assert found() == ({"tokens.unused"} if is_named else set())


def test_an_administrator_who_reads_content_is_named(monkeypatch):
    table = {"administrator": {"reports": (True, False), "events": (False, False)}}
    monkeypatch.setattr(deploy_check, "role_table", lambda: table)
    assert found() == {"roles.administrator_reads"}

    table["administrator"]["reports"] = (False, False)
    assert found() == set()


@pytest.mark.parametrize("right", ["is_superuser", "is_staff"])
def test_accounts_above_the_gate_are_named(right, officer):
    Officer.objects.update(**{right: True})

    assert found() == {"accounts.superusers"}


@pytest.mark.parametrize(("minutes", "is_named"), [(61, True), (59, False)])
def test_a_trail_that_waits_for_its_seal_is_named(minutes, is_named, console, db):
    at = timezone.now()
    trail.note_look(Trail.REFERENCE_LOADED, by=console, at=at - timedelta(minutes=minutes))

    assert found(at) == ({"trail.unsealed"} if is_named else set())


@pytest.fixture
def sealed(console, settings, tmp_path):
    """A trail with one head; return the key that sealed it."""
    settings.TRAIL_KEYS = tmp_path / "keys"
    trail.note_look(Trail.REFERENCE_LOADED, by=console, at=timezone.now())
    sealing.seal_all(clock=timezone.now)
    (path,) = settings.TRAIL_KEYS.iterdir()
    return path


def test_a_newest_head_that_is_none_is_named(sealed, bypassing_triggers):
    with bypassing_triggers():
        TreeHead.objects.update(note="bukan catatan")

        assert found() == {"trail.broken"}


def test_a_sealing_key_that_cannot_be_used_is_named_with_its_file(sealed):
    assert found() == set()

    sealed.write_bytes(b"")

    (weakness,) = [weakness for weakness in weaknesses(at=timezone.now()) if weakness.code == "trail.key"]
    assert str(sealed) in weakness.what


def test_a_sealing_key_on_another_machine_is_no_weakness(sealed):
    sealed.unlink()

    assert found() == set()


def test_where_nothing_was_sealed_yet_the_check_makes_no_key(settings, tmp_path):
    settings.TRAIL_KEYS = tmp_path / "keys"

    assert found() == set()
    assert not settings.TRAIL_KEYS.exists()


@pytest.fixture
def console():
    """Whoever sits at the machine."""
    return Console()


def worked_here(console, at):
    trail.note_look(Trail.SIGNED_IN, by=console, at=at)


@pytest.mark.parametrize(("days", "is_named"), [(None, True), (8, True), (6, False)])
def test_a_backup_that_is_missing_or_old_is_named(days, is_named, console, monkeypatch):
    monkeypatch.setattr(deploy_check, "UNSEALED_FOR", timedelta(days=365))
    at = timezone.now()
    worked_here(console, at - timedelta(days=30))
    if days:
        trail.note_look(Trail.BACKUP_COMPLETED, by=console, at=at - timedelta(days=days))

    assert found(at) == ({"backup.old"} if is_named else set())


def test_a_nightly_backup_that_always_fails_is_named_with_the_last_attempt(console, monkeypatch):
    monkeypatch.setattr(deploy_check, "UNSEALED_FOR", timedelta(days=365))
    at = timezone.now()
    worked_here(console, at - timedelta(days=30))
    trail.note_look(Trail.BACKUP_COMPLETED, by=console, at=at - timedelta(days=20))
    for days in range(19, 0, -1):
        trail.note_look(Trail.BACKUP_TAKEN, by=console, at=at - timedelta(days=days))

    (weakness,) = [weakness for weakness in weaknesses(at=at) if weakness.code == "backup.old"]

    assert f"{at - timedelta(days=20):%Y-%m-%d}" in weakness.what
    assert f"{at - timedelta(days=1):%Y-%m-%d}" in weakness.what


def test_what_was_restored_lies_in_a_backup(console, monkeypatch):
    monkeypatch.setattr(deploy_check, "UNSEALED_FOR", timedelta(days=365))
    at = timezone.now()
    worked_here(console, at - timedelta(days=30))
    trail.note_look(Trail.BACKUP_TAKEN, by=console, at=at - timedelta(days=3))
    trail.note_look(Trail.RESTORED, by=console, at=at - timedelta(days=1))

    assert found(at) == set()


def test_where_nobody_has_worked_yet_no_backup_is_missed(db):
    assert not TrailRow.objects.exists()
    assert found() == set()
