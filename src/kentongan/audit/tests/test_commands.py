"""`kentongan audit`: what it prints, writes and with which code it ends."""

import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from typer.testing import CliRunner

from kentongan.audit import commands, keys, proofs
from kentongan.audit.merkle import leaf_hash
from kentongan.audit.models import SealedLeaf, TrailRow, TreeHead
from kentongan.audit.notes import Head, Signer, note_of, notes_in, signed
from kentongan.kit.errors import KentonganError

from .conftest import AT

DEEP = "[" * 100_000
"""Text that no reader of JSON follows to its end."""


def run(*words):
    result = CliRunner().invoke(commands.app, [str(word) for word in words])
    if isinstance(result.exception, KentonganError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def rows(write_rows, seal_now):
    write_rows(300)
    seal_now()
    write_rows(5)
    seal_now(60)
    return list(SealedLeaf.objects.order_by("position").values_list("trail_row", flat=True))


def test_seal_tells_what_was_sealed(write_rows):
    write_rows(4)

    said = run("seal")

    assert said.exit_code == 0
    assert "4 baris baru disegel" in said.stderr
    assert "1 baris baru" in run("seal").stderr  # the row of the key itself


def test_verify_ends_with_0_when_all_is_well(rows):
    said = run("verify")

    assert said.exit_code == 0
    assert f"{len(rows)} baris, 2 kepala" in said.stderr
    assert "Terbukti sampai" in said.stderr
    assert "--head" in said.stderr


def test_verify_ends_with_1_and_names_the_row(rows, bypassing_triggers):
    with bypassing_triggers():
        TrailRow.objects.filter(pk=rows[7]).update(why="lain")
        said = run("verify")
        as_json = run("verify", "--json")

    assert said.exit_code == as_json.exit_code == 1
    assert f"Baris {rows[7]} (daun 7) diubah" in said.stderr
    (fault,) = json.loads(as_json.stdout)["faults"]
    assert (fault["code"], fault["row"], fault["leaf"]) == ("row.changed", rows[7], 7)


def test_exported_heads_are_files_that_verify_accepts(rows, tmp_path):
    one, every = tmp_path / "kepala.txt", tmp_path / "semua.txt"

    assert run("export", "--to", one).exit_code == 0
    assert run("export", "--all", "--to", every).exit_code == 0

    assert one.read_text() == TreeHead.objects.last().note == run("export").stdout
    assert len(notes_in(every.read_text())) == 2
    assert run("verify", "--head", one, "--head", every).exit_code == 0
    with pytest.raises(commands.FileExists):
        run("export", "--to", one)


def test_without_a_head_none_is_exported(db, tmp_path):
    with pytest.raises(commands.NothingSealed):
        run("export", "--to", tmp_path / "kepala.txt")
    assert not (tmp_path / "kepala.txt").exists()


def test_a_changed_file_of_a_head_is_named(rows, tmp_path):
    file = tmp_path / "kepala.txt"
    file.write_text(TreeHead.objects.last().note.replace("\n305\n", "\n304\n").replace("\n306\n", "\n305\n"))

    said = run("verify", "--head", file)

    assert said.exit_code == 1
    assert "kepala.txt" in said.stderr
    assert run("verify", "--head", __file__).exit_code == 1
    with pytest.raises(commands.UnreadableFile):
        run("verify", "--head", tmp_path / "tiada")


def test_a_proof_is_checked_without_the_database(rows, tmp_path, monkeypatch):
    file = tmp_path / "bukti.json"
    said = run("prove", rows[100], "--to", file)
    assert said.exit_code == 0
    assert json.loads(said.stdout)["id"] == rows[100]
    (verifier,) = keys.verifiers()

    def no_database(*_arguments, **_more):
        raise AssertionError("the database was asked")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", no_database)
        checked = run("check-proof", file)
        trusted = run("check-proof", file, "--trust", verifier.vkey)

    assert checked.exit_code == trusted.exit_code == 0
    assert json.loads(checked.stdout)["subject"] == json.loads(said.stdout)["subject"]
    assert "Kuncinya dari bukti itu sendiri" in checked.stderr
    assert "Kuncinya dari bukti itu sendiri" not in trusted.stderr


def test_a_proof_is_checked_by_a_program_of_its_own(rows):
    """What a stranger needs: the proof file, SHA-256, Ed25519 and RFC 6962; nothing of this project."""
    from base64 import b64decode
    from hashlib import sha256

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    proof = json.loads(run("prove", rows[301], "--json").stdout)

    text, _, signatures = proof["head"].rpartition("\n\n")
    _origin, size, root, _more = text.split("\n")
    public = b64decode(proof["vkey"].split("+", 2)[2])[1:]
    Ed25519PublicKey.from_public_bytes(public).verify(b64decode(signatures.split()[2])[4:], f"{text}\n".encode())
    node, index, last = sha256(b"\x00" + proof["leaf"].encode()).digest(), proof["index"], int(size) - 1
    for sibling in map(b64decode, proof["path"]):
        while index == last and not index & 1:
            index, last = index >> 1, last >> 1
        node = sha256(b"\x01" + (sibling + node if index & 1 else node + sibling)).digest()
        index, last = index >> 1, last >> 1
    assert node == b64decode(root)


def test_every_changed_proof_is_refused(rows, tmp_path):
    good = run("prove", rows[100], "--json").stdout
    said = json.loads(good)
    other = json.loads(run("prove", rows[101], "--json").stdout)
    changes = [
        {"leaf": said["leaf"].replace("prevention", "oversight")},
        {"index": said["index"] + 1},
        {"path": said["path"][1:]},
        {"path": other["path"]},
        {"head": said["head"].replace("\n", "\n\n", 1)},
        {"head": TreeHead.objects.get(number=1).note},
        {"vkey": said["vkey"][:-4] + "AAA="},
        {"leaf": "[]"},
        {"leaf": DEEP},
        {"index": -1},
    ]
    for number, change in enumerate(changes):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps({**said, **change}))
        assert run("check-proof", file).exit_code == 1, change
    for text in ("", "{}", "[1]", '{"format": "lain"}', json.dumps({**said, "index": "1"}), DEEP):
        (tmp_path / "rusak.json").write_text(text)
        with pytest.raises(commands.UnreadableFile):
            run("check-proof", tmp_path / "rusak.json")
    stranger = "lain+00000000+AQ=="
    (tmp_path / "baik.json").write_text(good)
    with pytest.raises(commands.NotAKey):
        run("check-proof", tmp_path / "baik.json", "--trust", stranger)


@pytest.mark.parametrize(("leaf", "code"), [('{"a":"\ud800"}', 0), (f'{{"a":{"[" * 3000}{"]" * 3000}}}', 1), ("1", 1)])
def test_a_proof_that_a_stranger_made_up_ends_in_no_traceback(leaf, code, tmp_path):
    stranger = Signer("lain.example", Ed25519PrivateKey.generate())
    root = leaf_hash(leaf.encode("utf-8", "surrogatepass"))
    head = Head("lain.example", 1, "2026-03-04T02:00:00.000000Z", 1, root, 1, (), "", 1)
    proof = {"format": proofs.FORMAT, "leaf": leaf, "index": 0, "path": [], "head": signed(head.text, [stranger])}
    file = tmp_path / "bukti.json"
    file.write_text(json.dumps(proof | {"vkey": stranger.verifier.vkey}))

    assert run("check-proof", file).exit_code == code


def test_a_head_with_an_endless_number_is_named_whether_it_is_held_or_kept(rows, tmp_path, bypassing_triggers):
    endless = TreeHead.objects.last().note.replace('"previous":', '"open":[[1e999,2,"x"]],"previous":')
    file = tmp_path / "kepala.txt"
    file.write_text(endless)
    with bypassing_triggers():
        TreeHead.objects.filter(number=2).update(note=endless)

        said = json.loads(run("verify", "--head", file, "--json").stdout)

    assert {fault["code"] for fault in said["faults"]} >= {"head.forged", "held.malformed"}


def test_a_proof_signed_by_somebody_else_is_refused_by_whoever_knows_the_key(rows, tmp_path):
    file = tmp_path / "bukti.json"
    run("prove", rows[1], "--to", file)
    other = keys.rotate(at=AT)

    assert proofs.check(proofs.proof_of(file.read_text()), [other]) is None


def test_a_row_that_is_not_sealed_cannot_be_proved(rows, write_rows):
    write_rows(1)

    with pytest.raises(KentonganError) as refusal:
        run("prove", TrailRow.objects.last().pk)
    assert refusal.value.code == "audit.row_not_sealed"


def test_a_row_that_was_changed_cannot_be_proved(rows, bypassing_triggers):
    with bypassing_triggers():
        TrailRow.objects.filter(pk=rows[5]).update(why="lain")

        with pytest.raises(KentonganError) as refusal:
            run("prove", rows[5])
    assert refusal.value.code == "audit.proof_fails"


def test_proving_a_row_is_in_the_trail(rows):
    run("prove", rows[3], "--json")

    assert TrailRow.objects.order_by("-id").first().subject == f"trailrow:{rows[3]}"


def test_heads_are_listed_with_the_public_keys(rows):
    said = run("heads").stdout

    assert keys.verifiers()[0].vkey in said.replace("\n", "")
    assert len(re.findall(r"│ [12] +│", said)) == 2


def test_the_key_is_changed_and_the_new_public_one_printed(rows, seal_now):
    said = run("rotate-key")

    assert said.stdout.strip() == keys.verifiers()[0].vkey
    seal_now(120)
    assert run("verify").exit_code == 0


def test_rights_are_printed_for_a_person_to_read_or_applied(db):
    if connection.vendor == "sqlite":
        with pytest.raises(KentonganError):
            run("role", "--name", "kentongan")
        return
    said = run("role", "--name", "kentongan_app").stdout
    assert 'GRANT SELECT, INSERT ON "public"."audit_trailrow"' in said
    assert all(line.endswith(";") for line in said.splitlines())


def test_a_note_of_the_trail_names_the_node(rows):
    assert note_of(TreeHead.objects.last().note).text.startswith("kanim.example\n")
