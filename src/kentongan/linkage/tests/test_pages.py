"""The pages: what may be one and the same, without what anybody is called; the network of a case; its export."""

import json
import re

import pytest
from django.utils import timezone

from kentongan.audit.models import TrailRow
from kentongan.cases import actions as case_actions
from kentongan.linkage import followthemoney, views
from kentongan.linkage.models import CandidateLink
from kentongan.linkage.network import network

from .conftest import CANARIES, MARIA, REASON, needs_extra


@pytest.fixture
def now():
    """Pages ask the clock, so what they show must be of this day."""
    return timezone.now()


@pytest.fixture
def two(case, other_case, somebody_in):
    return tuple(somebody_in(into, "Zjuliana Mauqoqo", **MARIA) for into in (case, other_case))


@pytest.fixture
def link(two, lead, link_of):
    return link_of(lead, *two)


@pytest.fixture
def officer(sign_in):
    """A case officer of the lead agency who investigates."""

    def make(role="case_officer", purpose="investigation", agency="polres-belu", kind="police"):
        client = sign_in(agency, role=role, kind=kind)
        client.post("/tujuan/", {"purpose": purpose})
        return client

    return make


def text(answer):
    return answer.content.decode()


@needs_extra
def test_the_officer_compares_and_decides_by_the_pages_without_script(two, officer):
    client = officer()

    ran = client.post("/penautan/jalankan/", {"reason": REASON, "legal_basis": "UU 21/2007"}, follow=True)
    link = CandidateLink.objects.get()
    page = text(client.get(f"/penautan/{link.pk}/"))
    said = {"revision": link.revision, "to": "accepted", "why": "cocok menurut berkas"}
    answer = client.post(f"/penautan/{link.pk}/putusan/", said, follow=True)

    link.refresh_from_db()
    assert "2 orang dan 0 barang dibandingkan" in text(ran)
    assert "tanggal lahir" in page
    assert (link.state, answer.status_code) == ("accepted", 200)
    assert "ditautkan" in text(answer)


def test_no_page_shows_what_the_vault_holds(case, link, officer):
    client = officer()

    shown = "".join(
        text(client.get(address))
        for address in ("/penautan/", f"/penautan/{link.pk}/", f"/perkara/{case.pk}/jaringan/", f"/perkara/{case.pk}/followthemoney/")
    )  # fmt: skip

    assert "Tersangka A" in shown
    assert [word for word in CANARIES if word in shown] == []


def test_the_second_of_two_officers_is_told_on_the_page(link, officer):
    client = officer()
    said = {"revision": link.revision, "to": "refused", "why": "dua orang yang berbeda"}

    client.post(f"/penautan/{link.pk}/putusan/", said)
    CandidateLink.objects.update(state="proposed", decided_at=None, decided_by="", decided_why="")
    answer = client.post(f"/penautan/{link.pk}/putusan/", said | {"to": "accepted"})

    assert answer.status_code == 409
    assert "petugas lain" in text(answer)


def test_without_the_extra_the_page_says_so_and_what_is_there_stays_readable(link, officer, monkeypatch):
    monkeypatch.setattr(views, "is_available", lambda: False)

    page = text(officer().get("/penautan/"))

    assert "belum terpasang" in page
    assert "Bandingkan sekarang" not in page
    assert str(link.pk) in page


@pytest.mark.parametrize(
    ("agency", "kind", "role"), [("kanim-atambua", "immigration", "case_officer"), ("polres-belu", "police", "analyst")]
)
def test_a_link_of_another_agency_is_absent_and_one_between_victims_too(
    case, other_case, lead, protector, somebody_in, link_of, officer, agency, kind, role
):
    link = link_of(protector, *(somebody_in(into, "Maria", role="victim") for into in (case, other_case)))

    client = officer(role, agency=agency, kind=kind)

    assert client.get(f"/penautan/{link.pk}/").status_code == 404
    assert str(link.pk) not in text(client.get("/penautan/"))


def test_a_role_that_does_not_read_persons_is_told(case, switched_on, officer):
    assert officer("coordinator").get("/penautan/").status_code == 403


def test_the_network_joins_people_goods_events_and_other_cases(case, other_case, link, lead, thing_in, now):
    thing_in(case, "Mobil pikap DH 1 ZZ")
    made = network(case, lead, at=now)

    kinds = {node.kind for node in made.nodes}
    words = {line.word.partition(" (")[0]: line.is_certain for line in made.lines}
    assert kinds == {"case", "person", "thing", "event", "phone"}
    assert words["mungkin sama, belum diputuskan"] is False
    assert words["orang dalam perkara"] is True
    assert other_case.number in {node.label for node in made.nodes}


def test_cases_about_one_event_are_neighbours(case, lead, event_of, now):
    event = event_of()
    first, second = (case_actions.open_case(title=title, events=[event], by=lead, at=now) for title in ("Satu", "Dua"))

    made = network(first, lead, at=now)

    assert second.number in {node.label for node in made.nodes}
    assert "perkara tentang kejadian yang sama" in {line.word for line in made.lines}


def test_a_supporting_agency_sees_in_the_network_what_it_is_shown_and_no_links(
    case, joined, link, lead, support, seen_by, now
):
    made = network(seen_by(support, case, now), support, at=now)

    assert {node.kind for node in made.nodes} == {"case"}


def test_every_mark_lies_within_the_picture_and_no_two_in_one_place(case, lead, switched_on, now):
    case_actions.add_persons(
        case=case, role="suspect", age="adult", legal_basis="UU 21/2007", number=30, by=lead, at=now
    )

    made = network(case, lead, at=now)

    assert all(20 <= node.x <= made.width - 20 and 20 <= node.y <= made.height - 40 for node in made.nodes)
    assert len({(node.x, node.y) for node in made.nodes}) == len(made.nodes) == 32


# --- FollowTheMoney ---


@pytest.fixture
def export(case, link, lead, thing_in, decided, now):
    decided(link, "accepted", lead)
    thing_in(case, "Mobil pikap DH 1 ZZ")
    thing_in(case, "Perahu motor")
    return followthemoney.export_case(case=case, by=lead, at=now)


def test_the_export_holds_people_vehicles_bodies_events_and_accepted_links(export):
    schemas = {one.schema for one in export}

    assert schemas == {"Event", "Person", "Organization", "Vehicle", "Asset", "UnknownLink", "Similar"}
    assert next(one for one in export if one.schema == "Vehicle").properties["registrationNumber"] == ["DH1ZZ"]


def test_what_nobody_decided_on_is_not_exported(case, link, lead, now):
    assert "Similar" not in {one.schema for one in followthemoney.export_case(case=case, by=lead, at=now)}


def test_ids_tell_nothing_and_every_end_is_there(export, two):
    written = "".join(one.line() for one in export)
    ids = {one.id for one in export}
    named = {
        end for one in export for name in ("subject", "object", "candidate", "match", "involved", "organizer") for end in one.properties.get(name, ())
    }  # fmt: skip

    assert all(re.fullmatch("[0-9a-f]{40}", one) for one in ids)
    assert named <= ids
    assert not [one for one in two if str(one.pk) in written]
    assert [word for word in CANARIES if word in written] == []


def test_the_export_is_in_the_trail_with_its_counts(export, case):
    row = TrailRow.objects.filter(event="records.exported").latest("pk")

    assert (row.subject, row.facts["form"], row.facts["rows"]) == (case.ref, "followthemoney", len(export))
    assert sum(row.facts["schemas"].values()) == len(export)


def test_a_supporting_agency_exports_what_it_is_shown(case, joined, link, lead, support, seen_by, now):
    found = followthemoney.export_case(case=seen_by(support, case, now), by=support, at=now)

    assert "Person" not in {one.schema for one in found}


def test_a_property_that_the_schema_does_not_know_is_refused():
    with pytest.raises(followthemoney.UnknownProperty):
        followthemoney._made("Person", "case_person:1", religion="x")


def test_the_table_of_properties_is_the_published_schema():
    model = pytest.importorskip("followthemoney", reason="followthemoney is not installed").model

    for schema, name in followthemoney.known_properties():
        assert name in model.get(schema).properties, f"{schema}.{name}"


def test_another_reader_takes_every_entity_as_valid(export):
    ftm = pytest.importorskip("followthemoney", reason="followthemoney is not installed")

    for one in export:
        told = json.loads(one.line())
        read = ftm.model.get_proxy(told, cleaned=False)
        ftm.model.get(one.schema).validate(told)
        assert {name: sorted(values) for name, values in read.to_dict()["properties"].items()} == {
            name: sorted(values) for name, values in told["properties"].items()
        }
