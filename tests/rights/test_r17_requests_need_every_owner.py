"""R17: a request from outside is a ticket with the written approval of each data owner; there is no other way out."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agreements.access import NotVisible, PersonDecides, RoleMayNotAct, actor_for, role_table, system_actor
from kentongan.agreements.fields import every_group, field_groups
from kentongan.alerts.models import Alert
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError
from kentongan.oversight import outside_requests as deeds
from kentongan.oversight.models import OutsideRequest, Release, RequestedPart
from kentongan.oversight.outside_requests import AskedPart, Asking
from kentongan.oversight.rules import HANDLES_REQUESTS

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
WHY = "Disetujui untuk perkara yang disebut."
TITLE = "Perekrutan di Silawan"
ASKING = Asking(
    asker="Pengadilan Negeri Atambua", letter="W26/12/2026, 1 Maret 2026", legal_basis="KUHAP Ps. 43",
    purpose="investigation", why="Pembuktian perkara perdagangan orang", due_on=date(2026, 3, 20),
)  # fmt: skip
DESK, POLICE = "kanim-atambua", "polres-belu"


def officer(agency: str, role: str, number: int = 1):
    body, _new = Agency.objects.get_or_create(
        pk=agency, defaults={"name": agency, "kind": "police" if "pol" in agency else "immigration", "country": "ID", "level": "regency"},
    )  # fmt: skip
    who, is_new = Officer.objects.get_or_create(username=f"{role}-{agency}-{number}")
    if is_new:
        Posting.objects.create(officer=who, agency=body, role=role, started_at=AT - timedelta(days=99))
    return actor_for(who, purpose="coordination", at=AT)


def event(owner: str, **more) -> Event:
    given = {
        "handling": "restricted", "purpose": "prevention", "legal_basis": "UU 6/2011", "retain_until": date(2031, 1, 1),
        "title": TITLE, "precision": "day", "known_at": AT - timedelta(days=3), "persons": 7,
    }  # fmt: skip
    return Event.objects.create(owner_id=owner, **given | more)


def asked(owner: str, *rows: Event, groups=("kind", "persons"), **more) -> AskedPart:
    return AskedPart(owner, "events", frozenset(groups), tuple(row.ref for row in rows), **more)


class World:
    """A desk and two owners, each with a coordinator and a leader, and one event each."""

    def __init__(self) -> None:
        self.coordinator, self.leader = officer(DESK, "coordinator"), officer(DESK, "leader")
        self.police = officer(POLICE, "leader")
        self.analyst = officer(DESK, "analyst")
        self.rows = {DESK: event(DESK), POLICE: event(POLICE)}
        self.request = deeds.register(
            asking=ASKING, parts=[asked(owner, row) for owner, row in self.rows.items()], by=self.coordinator, at=AT
        )

    @property
    def version(self) -> int:
        return OutsideRequest.objects.get(pk=self.request.pk).version

    def part(self, owner: str) -> RequestedPart:
        return self.request.parts.get(owner=owner)

    def approve(self, owner: str, **more) -> None:
        by = self.leader if owner == DESK else self.police
        told = {"groups": ["kind", "persons"], "why": WHY, "by": by, "version": self.version} | more
        deeds.approve(part=self.part(owner), at=AT, **told)

    def refuse(self, owner: str) -> None:
        by = self.leader if owner == DESK else self.police
        deeds.refuse(part=self.part(owner), version=self.version, why="Perkara ini bukan wewenangnya.", by=by, at=AT)

    def release(self, **more) -> Release:
        return deeds.release(request=self.request, at=AT, **{"version": self.version, "by": self.coordinator} | more)

    def withdraw(self) -> None:
        deeds.withdraw(
            request=self.request, version=self.version, why="Permintaan dicabut pengadilan.", by=self.coordinator, at=AT
        )


@pytest.fixture
def world(db) -> World:
    return World()


STEPS = (
    "approve desk", "approve police", "refuse desk", "refuse police", "release", "withdraw", "release as owner",
    "approve as registrar", "approve for the other", "stale release", "release as analyst",
)  # fmt: skip


class TestAnyOrderOfSteps(TestCase):
    @given(st.lists(st.sampled_from(STEPS), max_size=12))
    @settings(max_examples=60, deadline=None)
    def test_a_file_exists_only_after_every_owner_approved_and_nobody_took_it_back(self, steps):
        world = World()
        words = {DESK: "", POLICE: ""}
        state = "open"
        for step in steps:
            try:
                self.take(world, step)
            except KentonganError:
                continue
            assert state == "open", "an ended request was changed"
            match step:
                case "approve desk":
                    words[DESK] = "yes"
                case "approve police":
                    words[POLICE] = "yes"
                case "refuse desk" | "refuse police":
                    state = "refused"
                case "withdraw":
                    state = "withdrawn"
                case "release":
                    assert set(words.values()) == {"yes"}
                    state = "released"
                case _:
                    raise AssertionError(step)

        assert OutsideRequest.objects.get(pk=world.request.pk).state == state
        assert Release.objects.exists() == (state == "released")
        assert TrailRow.objects.filter(event=Trail.RECORDS_EXPORTED).exists() == (state == "released")

    def take(self, world: World, step: str) -> None:
        match step.split():
            case ["approve", "desk" | "police" as who]:
                world.approve(DESK if who == "desk" else POLICE)
            case ["refuse", who]:
                world.refuse(DESK if who == "desk" else POLICE)
            case ["release"]:
                world.release()
            case ["withdraw"]:
                world.withdraw()
            case ["release", "as", "owner"]:
                world.release(by=world.police)
            case ["release", "as", "analyst"]:
                world.release(by=world.analyst)
            case ["approve", "as", "registrar"]:
                world.approve(DESK, by=world.coordinator)
            case ["approve", "for", *_rest]:
                world.approve(POLICE, by=world.leader)
            case ["stale", "release"]:
                world.release(version=world.version - 1)


def released(world: World) -> dict:
    return json.loads(bytes(world.release().content))


def test_the_file_holds_exactly_the_approved_groups(world):
    world.approve(DESK, groups=["kind"])
    world.approve(POLICE)

    desk, police = released(world)["parts"]
    (of_desk,), (of_police,) = desk["records"], police["records"]

    columns = field_groups()["events"]
    assert set(of_desk) == {"record", "simulated", *columns["kind"].attributes}
    assert set(of_police) == {"record", "simulated", *columns["kind"].attributes, "persons"}
    assert (of_police["persons"], of_police["record"]) == (7, world.rows[POLICE].ref)
    assert TITLE not in json.dumps([desk, police])


@pytest.mark.parametrize("group", sorted(every_group("events")))
def test_no_group_brings_the_columns_of_another(db, group):
    world = World.__new__(World)
    world.coordinator, world.leader = officer(DESK, "coordinator"), officer(DESK, "leader")
    world.request = deeds.register(
        asking=ASKING, parts=[asked(DESK, event(DESK), groups=[group])], by=world.coordinator, at=AT
    )
    world.approve(DESK, groups=[group])

    (record,) = released(world)["parts"][0]["records"]

    assert set(record) == {"record", "simulated", *field_groups()["events"][group].attributes}


def test_an_owners_word_opens_only_its_own_records(db):
    coordinator, police = officer(DESK, "coordinator"), officer(POLICE, "leader")
    theirs, ours = event(DESK), event(POLICE)
    request = deeds.register(asking=ASKING, parts=[asked(POLICE, theirs, ours)], by=coordinator, at=AT)
    part = request.parts.get()
    deeds.approve(part=part, version=1, groups=["kind"], why=WHY, by=police, at=AT)

    release = deeds.release(request=request, version=2, by=coordinator, at=AT)

    assert release.rows == {POLICE: {"events": 1}}
    assert theirs.ref not in bytes(release.content).decode()


def test_a_record_that_became_protected_after_the_approval_stays(world):
    world.approve(DESK)
    world.approve(POLICE)
    Event.objects.filter(owner=POLICE).update(handling="protected", origins=[])

    file = released(world)

    assert [part["rows"] for part in file["parts"]] == [1, 0]
    assert world.rows[POLICE].ref not in json.dumps(file)


def test_a_file_with_a_record_that_became_protected_is_handed_out_no_more(world):
    world.approve(DESK)
    world.approve(POLICE)
    release = world.release()
    deeds.fetched(release=release, by=world.coordinator, at=AT)
    Event.objects.filter(owner=POLICE).update(handling="protected", origins=[])

    with pytest.raises(deeds.NotAllowedNow, match="dilindungi"):
        deeds.fetched(release=release, by=world.coordinator, at=AT)
    assert TrailRow.objects.filter(event=Trail.RELEASE_FETCHED).count() == 1


def test_an_alert_on_an_event_that_became_protected_stays_with_it(db):
    coordinator, police = officer(DESK, "coordinator"), officer(POLICE, "leader")
    about = event(POLICE)
    told = {
        "owner_id": POLICE,
        "handling": "restricted",
        "purpose": "prevention",
        "legal_basis": "UU 2/2002",
        "retain_until": AT.date(),
    }
    due = dict.fromkeys(("raised_at", "acknowledge_by", "verify_by", "decide_by"), AT)
    alert = Alert.objects.create(
        **told, **due, event=about, addressee_id=DESK, matter="crime", title=TITLE, message="x", raised_by="officer:1"
    )
    part = AskedPart(POLICE, "alerts", frozenset({"message"}), (alert.ref,))
    request = deeds.register(asking=ASKING, parts=[part], by=coordinator, at=AT)
    deeds.approve(part=request.parts.get(), version=1, groups=["message"], why=WHY, by=police, at=AT)
    Event.objects.filter(pk=about.pk).update(handling="protected", origins=[])

    release = deeds.release(request=request, version=2, by=coordinator, at=AT)

    assert release.rows == {POLICE: {"alerts": 0}}


@pytest.mark.parametrize("category", ["persons", "readings", "protected_register", "cases", "nothing"])
def test_the_vault_and_what_has_no_way_out_cannot_even_be_asked_for(db, category):
    part = AskedPart(POLICE, category, frozenset({"kind"}), ("event:0190aaaa-0000-7000-8000-000000000000",))
    officer(POLICE, "leader")

    with pytest.raises(deeds.RequestRefused) as refusal:
        deeds.register(asking=ASKING, parts=[part], by=officer(DESK, "coordinator"), at=AT)

    assert any(category in detail for detail in refusal.value.details)


def test_a_release_is_in_the_trail_with_who_got_what_and_no_content(world):
    world.approve(DESK)
    world.approve(POLICE)
    release = world.release()

    row = TrailRow.objects.get(event=Trail.REQUEST_RELEASED)
    export = TrailRow.objects.get(event=Trail.RECORDS_EXPORTED)

    assert release.checksum == row.facts["checksum"] == sha256_hex(bytes(release.content))
    assert (row.facts["asker"], row.facts["rows"], export.facts["rows"]) == ("Pengadilan Negeri Atambua", 2, 2)
    assert {one["owner"]: (one["category"], one["rows"]) for one in row.facts["released"]} == {
        DESK: ("events", 1), POLICE: ("events", 1),
    }  # fmt: skip
    assert TITLE not in json.dumps([row.facts, export.facts])


def test_the_same_rows_and_words_make_the_same_bytes(world):
    from kentongan.oversight.releasing import file_of

    world.approve(DESK)
    world.approve(POLICE)
    parts = list(world.request.parts.order_by("owner_id"))

    assert file_of(world.request, parts, at=AT).content == file_of(world.request, parts, at=AT).content


def test_a_word_given_for_an_older_state_is_refused(world):
    version = world.version
    world.approve(DESK)

    with pytest.raises(deeds.ChangedMeanwhile):
        world.approve(POLICE, version=version)


def test_an_approval_that_arrives_while_the_desk_looks_makes_the_release_look_again(world):
    world.approve(DESK)
    world.approve(POLICE)
    seen = world.version
    world.approve(POLICE, groups=["kind"])

    with pytest.raises(deeds.ChangedMeanwhile):
        world.release(version=seen)


@pytest.mark.parametrize("why", ["", "ya", "         ."])
def test_an_approval_is_in_writing(world, why):
    with pytest.raises(deeds.NotAllowedNow):
        world.approve(POLICE, why=why)


@pytest.mark.parametrize("groups", [[], ["title"], ["kind", "title"]])
def test_an_owner_gives_something_and_not_more_than_was_asked(world, groups):
    with pytest.raises(deeds.NotAllowedNow):
        world.approve(POLICE, groups=groups)


def test_the_one_who_registered_does_not_approve(world):
    with pytest.raises(RoleMayNotAct):
        world.approve(DESK, by=world.coordinator)


@pytest.mark.parametrize("role", sorted(set(role_table()) - HANDLES_REQUESTS - {"system"}))
def test_other_roles_neither_register_nor_answer_nor_release(world, role):
    somebody = officer(DESK, role, number=2)

    for step in (
        lambda: deeds.register(asking=ASKING, parts=[], by=somebody, at=AT),
        lambda: world.approve(DESK, by=somebody),
        lambda: world.release(by=somebody),
        lambda: deeds.request_in_view(somebody, world.request.pk),
    ):
        with pytest.raises(RoleMayNotAct):
            step()


def test_a_machine_handles_no_request(world):
    machine = system_actor(Agency.objects.get(pk=DESK), name="worker", purpose="coordination", at=AT)

    with pytest.raises(PersonDecides):
        world.approve(DESK, by=machine)


def test_an_agency_beside_sees_nothing_of_the_request(world):
    beside = officer("kanim-kupang", "leader")

    with pytest.raises(NotVisible):
        deeds.request_in_view(beside, world.request.pk)
    assert not deeds.requests_in_view(beside).exists()


def test_an_owner_sees_its_own_part_and_the_desk_all(world):
    seen = deeds.request_in_view(world.police, world.request.pk)

    assert [part.owner_id for part in deeds.parts_in_view(seen, world.police)] == [POLICE]
    assert {part.owner_id for part in deeds.parts_in_view(seen, world.leader)} == {DESK, POLICE}


def test_another_state_needs_a_transfer_basis(db):
    officer(POLICE, "leader")
    abroad = Asking(**{name: getattr(ASKING, name) for name in ASKING.__slots__} | {"asker_state": "TL"})

    with pytest.raises(deeds.RequestRefused) as refusal:
        deeds.register(asking=abroad, parts=[asked(POLICE, event(POLICE))], by=officer(DESK, "leader"), at=AT)

    assert any("Pasal 56" in detail for detail in refusal.value.details)


def test_all_faults_of_a_request_are_told_at_once(db):
    empty = Asking(asker="", letter=" ", legal_basis="", purpose="spying", why="", due_on=date(2026, 1, 1))
    part = AskedPart("nowhere", "events", frozenset({"soul"}), ("report:1",))

    with pytest.raises(deeds.RequestRefused) as refusal:
        deeds.register(asking=empty, parts=[part, part], by=officer(DESK, "leader"), at=AT)

    assert len(refusal.value.details) >= 9
    assert not OutsideRequest.objects.exists()


def test_records_of_a_period_and_a_place(gazetteer_rows):
    coordinator, police = officer(DESK, "coordinator"), officer(POLICE, "leader")
    inside = event(POLICE, place_id=5, known_at=AT - timedelta(days=20))
    event(POLICE, place_id=8, known_at=AT - timedelta(days=20))
    event(POLICE, place_id=5, known_at=AT - timedelta(days=60))
    part = asked(POLICE, place_id=3, first=date(2026, 2, 1), after=date(2026, 3, 1))
    request = deeds.register(asking=ASKING, parts=[part], by=coordinator, at=AT)
    deeds.approve(part=request.parts.get(), version=1, groups=["kind"], why=WHY, by=police, at=AT)

    file = json.loads(bytes(deeds.release(request=request, version=2, by=coordinator, at=AT).content))

    assert [record["record"] for record in file["parts"][0]["records"]] == [inside.ref]


def sign_in(client, actor):
    client.force_login(Officer.objects.get(pk=actor.ref.removeprefix("officer:")))
    return client


def test_no_page_hands_out_a_file_before_it_is_released(client, world):
    address = reverse("request_file", args=[world.request.pk])

    assert sign_in(client, world.coordinator).get(address).status_code == 404
    answer = client.post(reverse("request_release", args=[world.request.pk]), {"version": world.version})
    assert answer.status_code == 409
    assert client.get(address).status_code == 404
    assert not Release.objects.exists()


def test_from_letter_to_file_on_the_pages(client, world, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    page = reverse("request_detail", args=[world.request.pk])
    for actor, owner in ((world.leader, DESK), (world.police, POLICE)):
        window = sign_in(client, actor)
        told = {"version": world.version, "groups": ["kind"], "why": WHY, "word": "approve"}
        answer = window.post(reverse("request_answer", args=[world.request.pk, world.part(owner).pk]), told)
        assert answer.status_code == 302
    window = sign_in(client, world.coordinator)
    assert "Buat berkas serahan" in window.get(page).content.decode()
    window.post(reverse("request_release", args=[world.request.pk]), {"version": world.version})

    file = window.get(reverse("request_file", args=[world.request.pk]))

    assert Release.objects.get().checksum in window.get(page).content.decode()
    assert sha256_hex(file.content) == Release.objects.get().checksum
    assert TrailRow.objects.filter(event=Trail.RELEASE_FETCHED).count() == 1
    assert TrailRow.objects.filter(event=Trail.RECORD_READ, subject=world.request.ref).count() == 2
    assert sign_in(client, world.police).get(reverse("request_file", args=[world.request.pk])).status_code == 404


def test_a_request_is_registered_on_the_page(client, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    coordinator, row = officer(DESK, "coordinator"), event(officer(POLICE, "leader").agency)
    told = {name: getattr(ASKING, name) for name in ("asker", "letter", "legal_basis", "purpose", "why")}
    told |= {"asker_state": "ID", "due_on": "2026-03-20"}
    told |= {"events-groups": ["kind"], "events-owners": [POLICE], "events-records": row.ref}
    window = sign_in(client, coordinator)

    refused = window.post(reverse("request_new"), told | {"events-groups": []})
    accepted = window.post(reverse("request_new"), told)

    assert refused.status_code == 422
    assert "belum dipilih" in refused.content.decode()
    assert accepted.status_code == 302
    assert OutsideRequest.objects.get().parts.get().records == [row.ref]


def test_a_long_refusal_is_kept_whole_with_the_owners_word(client, world):
    why = "Perkara ini bukan wewenangnya. " * 30
    told = {"version": world.version, "why": why, "word": "refuse"}

    answer = sign_in(client, world.police).post(
        reverse("request_answer", args=[world.request.pk, world.part(POLICE).pk]), told
    )

    assert answer.status_code == 302
    assert world.part(POLICE).answer_why == why.strip()
    ended = OutsideRequest.objects.get(state="refused").ended_why
    assert ended
    assert why.startswith(ended)
    assert len(ended) <= 500


def test_a_reason_for_withdrawing_that_is_too_long_is_said_at_its_field_and_kept(client, world):
    told = {"version": world.version, "why": "Permintaan dicabut pengadilan. " * 30}

    answer = sign_in(client, world.coordinator).post(reverse("request_withdraw", args=[world.request.pk]), told)

    assert answer.status_code == 422
    assert list(answer.context["withdraw_form"].errors) == ["why"]
    assert told["why"].strip() in answer.content.decode()
    assert OutsideRequest.objects.get().state == "open"
