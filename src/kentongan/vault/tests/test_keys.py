"""Master keys: files of the installation alone, turned without losing anything, destroyed for good."""

import pytest
from django.db import connection, transaction
from typer.testing import CliRunner

from kentongan.audit.models import TrailRow
from kentongan.kit.errors import KentonganError
from kentongan.vault import commands, keys, rotation
from kentongan.vault.actions import erase, open_identity
from kentongan.vault.keys import KeyNotHere, KeyOpenToOthers
from kentongan.vault.models import MasterKey, SealedIdentity
from kentongan.vault.rotation import rotate
from kentongan.vault.rules import IdentityFields
from kentongan.vault.sealing import CannotOpen, MasterSecret, Sealed, opened
from kentongan.vault.tests.making import FIELDS, REASON, stored


def read(identity, officer, now):
    return open_identity(identity=identity, ground="imminent_risk", reason=REASON, by=officer, at=now).fields


def the_file(folder):
    (path,) = folder.glob("vault-*.key")
    return path


def test_the_first_key_is_a_file_of_the_installation_alone(identity, own_keys):
    assert the_file(own_keys).stat().st_mode & 0o777 == 0o600
    assert own_keys.stat().st_mode & 0o077 == 0


def test_the_key_is_nowhere_in_the_database(identity, own_keys):
    key = bytes.fromhex(the_file(own_keys).read_text().strip())

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM vault_masterkey")
        rows = cursor.fetchall()
    assert key.hex() not in str(rows)
    assert bytes(SealedIdentity.objects.get().wrapped_key) != key


def test_a_key_that_others_may_read_is_refused(identity, officer, own_keys, now):
    the_file(own_keys).chmod(0o640)

    with pytest.raises(KeyOpenToOthers):
        read(identity, officer, now)


@pytest.mark.parametrize("content", [None, "", "bukan kunci", "00" * 32, "00" * 31])
def test_without_its_own_key_nothing_opens(identity, officer, own_keys, now, content):
    path = the_file(own_keys)
    path.unlink()
    if content is not None:
        path.write_text(content)
        path.chmod(0o600)

    with pytest.raises(KeyNotHere):
        read(identity, officer, now)


def test_a_key_whose_row_cannot_be_written_leaves_no_file(db, own_keys, now, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(keys.trail, "record", fails)

    with pytest.raises(RuntimeError), transaction.atomic():
        keys.current(at=now)
    assert list(own_keys.glob("*")) == []


def test_after_a_rotation_everything_opens_under_one_new_key_and_the_old_one_is_gone(
    switched_on, officer, own_keys, now
):
    identities = [stored(officer, now, fields=IdentityFields(f"Orang Uji {n}", f"kontak {n}")) for n in range(7)]
    old = the_file(own_keys)

    rotated = rotate(at=now)

    assert not old.exists()
    assert the_file(own_keys) == keys.path_of(rotated.fingerprint)
    assert rotated.rewrapped == 7
    assert [read(one, officer, now).name for one in identities] == [f"Orang Uji {n}" for n in range(7)]
    assert set(SealedIdentity.objects.values_list("master", flat=True)) == {rotated.fingerprint}
    assert list(TrailRow.objects.filter(event__startswith="vault.key").values_list("event", flat=True).order_by("id")) == [
        "vault.key_made", "vault.key_made", "vault.key_retired",
    ]  # fmt: skip


def test_what_is_stored_after_a_rotation_is_under_the_new_key(identity, officer, now):
    rotated = rotate(at=now)

    assert SealedIdentity.objects.get(pk=stored(officer, now).pk).master == rotated.fingerprint


def test_a_stopped_rotation_is_finished_by_the_next_one(switched_on, officer, own_keys, now, monkeypatch):
    identities = [stored(officer, now) for _n in range(5)]
    monkeypatch.setattr(rotation, "BATCH", 2)
    stopping = rotation._rewrap
    calls = []

    def stops(pks, newest):
        calls.append(pks)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return stopping(pks, newest)

    monkeypatch.setattr(rotation, "_rewrap", stops)
    with pytest.raises(KeyboardInterrupt):
        rotate(at=now)
    assert len(list(own_keys.glob("vault-*.key"))) == 2
    assert all(read(one, officer, now) == FIELDS for one in identities)

    monkeypatch.setattr(rotation, "_rewrap", stopping)
    rotated = rotate(at=now)

    assert rotated.rewrapped == 3
    assert MasterKey.objects.count() == 2
    assert the_file(own_keys) == keys.path_of(rotated.fingerprint)
    assert all(read(one, officer, now) == FIELDS for one in identities)


def test_a_file_that_a_killed_rotation_left_is_removed_by_the_next(identity, own_keys, now):
    old = the_file(own_keys)
    content = old.read_text()
    rotate(at=now)
    old.write_text(content)

    rotate(at=now)

    assert not old.exists()


def test_a_retired_key_is_called_destroyed_only_once_its_file_is_gone(identity, own_keys, now):
    old = the_file(own_keys)
    content = old.read_text()
    rotate(at=now)
    gone = line_of(old)
    old.write_text(content)

    assert "dihancurkan" in gone
    assert "dihancurkan" not in line_of(old)


def line_of(file):
    """Return what `kentongan vault keys` says of the key in the file."""
    said = CliRunner().invoke(commands.app, ["keys"], env={"COLUMNS": "200"}).stdout
    return next(line for line in said.splitlines() if file.stem.removeprefix("vault-") in line)


def test_a_backup_of_before_the_erasure_cannot_be_opened_after_a_rotation(identity, officer, own_keys, now):
    """The wrapped data key that an old copy of the database still has is worth nothing once its master key is gone."""
    row = SealedIdentity.objects.get()
    copied = Sealed(bytes(row.wrapped_key), bytes(row.ciphertext))
    erase(identity=identity, revision=identity.revision, reason="permintaan yang bersangkutan", by=officer, at=now)

    rotate(at=now)

    with pytest.raises(KeyNotHere):
        keys.secret(row.master)
    for path in own_keys.glob("vault-*.key"):
        with pytest.raises(CannotOpen):
            opened(copied, MasterSecret(bytes.fromhex(path.read_text().strip())), bound_to=b"")


def test_a_rotation_without_identities_is_no_fault(db, own_keys, now):
    assert rotate(at=now).rewrapped == 0
    assert len(list(own_keys.glob("vault-*.key"))) == 1


def test_refusals_of_the_keys_are_expected_errors():
    assert all(issubclass(fault, KentonganError) for fault in (KeyNotHere, KeyOpenToOthers))
