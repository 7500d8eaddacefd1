"""R23: reads, searches, exports and denials are in the trail; an overseer who can edit nothing reads and proves it."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import get_resolver, reverse
from typer.testing import CliRunner

from kentongan.agencies.models import Officer
from kentongan.agreements.access import NotVisible, fetch, role_table
from kentongan.audit import sealing
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.audit.proofs import check, proof_of
from kentongan.config.command import build
from kentongan.events.models import Event
from kentongan.oversight import queries
from kentongan.oversight import urls as oversight_urls

READING = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN")


@pytest.fixture
def event(gazetteer_rows, agency_of, now):
    return Event.objects.create(
        owner=agency_of("kanim-atambua"), place_id=5, handling="personal", purpose="prevention", legal_basis="UU 6/2011",
        retain_until=now.date() + timedelta(days=9), title="Perekrutan", precision="day", known_at=now,
    )  # fmt: skip


def told(actor, now) -> list[tuple[str, str]]:
    rows = queries.trail_for(actor, at=now).exclude(event__startswith="session.").order_by("pk")
    return list(rows.values_list("event", "subject"))


def test_a_read_and_a_denial_are_rows_that_the_overseer_reads(event, actor_of, now):
    analyst, police = actor_of("kanim-atambua"), actor_of("polres-belu", kind="police")

    fetch(Event, event.pk, analyst, at=now)
    with pytest.raises(NotVisible):
        fetch(Event, event.pk, police, at=now)

    overseer = actor_of("kanim-atambua", role="overseer")
    assert told(overseer, now) == [("record.read", event.ref), ("access.refused", event.ref)]


def test_a_row_says_who_why_in_which_role_and_by_which_decision(event, actor_of, now):
    fetch(Event, event.pk, actor_of("kanim-atambua", purpose="investigation"), at=now)
    overseer = actor_of("kanim-atambua", role="overseer")

    (row,) = queries.told_all(queries.trail_for(overseer, at=now), overseer, at=now)

    assert (row.who, row.role, row.purpose, row.reasons) == (
        "Petugas kanim-atambua", "Analis", "Penyelidikan dan penyidikan", ("milik instansi sendiri",),
    )  # fmt: skip


def test_an_overseer_has_no_category_and_so_no_content():
    assert not any(reads or acts for reads, acts in role_table()["overseer"].values())


def test_the_overseers_pages_take_nothing_in():
    trail_pages = [pattern for pattern in oversight_urls.urlpatterns if str(pattern.pattern).startswith("pengawasan/")]

    assert len(trail_pages) == 9  # one of them takes a question
    for pattern in trail_pages:
        assert pattern.name in get_resolver().reverse_dict


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", ["trail_list", "trail_heads", "use_list"])
def test_nothing_can_be_sent_to_an_overseers_page(client, officer_of, name, method):
    client.force_login(officer_of("kanim-atambua", role="overseer"))

    assert getattr(client, method)(reverse(name)).status_code == 405


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_page_that_takes_a_question_takes_nothing_else(client, officer_of, method):
    client.force_login(officer_of("kanim-atambua", role="overseer"))

    assert getattr(client, method)(reverse("searcher_list")).status_code == 405


def test_a_question_adds_its_row_to_the_trail_and_changes_nothing(client, officer_of):
    client.force_login(officer_of("kanim-atambua", role="overseer"))
    client.get(reverse("searcher_list"))  # the session's own writing is over
    before = list(TrailRow.objects.values())
    written = []

    def watch(execute, sql, params, many, context):
        written.extend([sql] if sql.split()[0].upper() not in READING else [])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        client.post(reverse("searcher_list"), {"term": "maria", "why": "Pengaduan nomor 7"})

    assert [sql.split("(")[0].strip() for sql in written] == ["INSERT INTO audit_trailrow"]
    assert list(TrailRow.objects.values())[:-1] == before
    assert TrailRow.objects.last().event == Trail.SEARCHERS_ASKED


def test_the_trail_refuses_a_change_even_by_the_program_itself(event, actor_of, now):
    fetch(Event, event.pk, actor_of("kanim-atambua"), at=now)
    row = TrailRow.objects.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        TrailRow.objects.update(why="lain")


@pytest.fixture
def proof_file(event, actor_of, officer_of, client, now, settings, tmp_path):
    """A proof as the overseer downloads it."""
    settings.HOME = tmp_path
    fetch(Event, event.pk, actor_of("kanim-atambua"), at=now)
    row = TrailRow.objects.get()
    sealing.seal_all(clock=lambda: now)
    client.force_login(officer_of("kanim-atambua", role="overseer"))
    file = tmp_path / "bukti.json"
    file.write_bytes(client.get(reverse("trail_proof", args=[row.pk])).content)
    return file


def test_the_downloaded_proof_is_checked_by_the_command_without_the_database(proof_file):
    done = CliRunner().invoke(build(), ["audit", "check-proof", str(proof_file)])

    assert done.exit_code == 0
    assert json.loads(done.stdout)["event"] == Trail.RECORD_READ


@pytest.mark.parametrize("name", ["leaf", "index", "path", "head"])
def test_a_proof_that_was_touched_does_not_hold(proof_file, name):
    said = json.loads(proof_file.read_text())
    said[name] = {
        "leaf": said["leaf"].replace("record.read", "record.seen"), "index": said["index"] + 1,
        "path": [*said["path"], "A" * 43 + "="], "head": said["head"].replace("\n1\n", "\n2\n", 1),
    }[name]  # fmt: skip

    assert check(proof_of(json.dumps(said))) is None


def test_looking_at_the_trail_is_itself_in_the_trail_and_in_the_overseers_sight(client, officer_of, actor_of, now):
    client.force_login(officer_of("kanim-atambua", role="overseer"))
    client.get(reverse("trail_list"))

    row = TrailRow.objects.get(event=Trail.TRAIL_VIEWED)
    overseer = Officer.objects.get(username="overseer-kanim-atambua")
    assert (row.actor, row.role) == (overseer.ref, "overseer")
