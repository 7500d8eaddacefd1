"""The pages of routes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.routes.models import Corridor
from kentongan.watch.models import Watch

from .conftest import MAUMERE

pytestmark = pytest.mark.django_db
ASKED = {"name": "Sikka ke Kalimantan", "stops": "53.07\nlorens-say\nPelabuhan Semayang Balikpapan", "reach_km": "5"}


@pytest.fixture
def sign_in(client, officer_of):
    def make(agency="kanim-atambua", *, role="analyst", **more):
        client.force_login(
            officer_of(agency, role=role, username=f"masuk-{agency}-{role}", **more),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        return client

    return make


def asked(**more):
    return ASKED | {"valid_from": timezone.localdate().isoformat(), **more}


def test_the_flows_are_listed_drawn_and_said_to_be_straight_lines(region, event_naming, sign_in) -> None:
    day = timezone.localdate() - timedelta(days=3)
    event_naming(MAUMERE, day, origin=("53.07",), destination=("64.71",), persons=8)

    page = sign_in().get("/jalur/").content.decode()

    assert "Sikka → Kota Balikpapan" in page
    assert "Pelabuhan Lorens Say Maumere" in page
    assert "garis lurus, bukan jalan" in page
    assert '<path class="land" d="M' in page
    assert "?perhentian=53.07,64.71" in page
    assert 'style="' not in page
    row = TrailRow.objects.filter(event=Trail.RECORDS_LISTED).latest("id")
    assert row.facts == {"category": "events", "found": 1}


def test_an_empty_list_says_so_and_nonsense_is_answered_with_the_usual_days(region, kinds, sign_in) -> None:
    page = sign_in().get("/jalur/?hari=7&sampai=besok&aliran=x").content.decode()

    assert "Tidak ada kejadian yang menyebut dua tempat" in page
    assert "Belum ada koridor" in page


def test_who_reads_no_events_sees_no_flow(region, event_naming, sign_in) -> None:
    day = timezone.localdate() - timedelta(days=3)
    event_naming(MAUMERE, day, origin=("53.07",), destination=("64.71",))

    page = sign_in(role="overseer").get("/jalur/").content.decode()

    assert "Balikpapan" not in page.split("Jalur kapal dan pesawat")[0]
    assert "Peran Anda tidak membaca kejadian" in page


def test_a_corridor_is_named_watched_and_ended_by_the_pages(region, sign_in) -> None:
    client = sign_in()

    prefilled = client.get("/jalur/koridor/baru/?perhentian=53.07,64.71").content.decode()
    client.post("/jalur/koridor/baru/", asked())
    corridor = Corridor.objects.get()
    page = client.get(f"/jalur/koridor/{corridor.pk}/").content.decode()
    client.post(f"/jalur/koridor/{corridor.pk}/pantau/", {"every_days": "1"})
    watched = client.get(f"/jalur/koridor/{corridor.pk}/").content.decode()
    today = timezone.localdate().isoformat()
    client.post(f"/jalur/koridor/{corridor.pk}/akhiri/", {"on": today, "why": "kapal berhenti"})
    ended = client.get(f"/jalur/koridor/{corridor.pk}/").content.decode()

    assert "53.07\n64.71" in prefilled
    assert "km garis lurus" in page
    assert "Kota Uneng" in page
    assert "Koridor Sikka ke Kalimantan" in watched
    assert Watch.objects.get().every_days == 1
    assert "kapal berhenti" in ended
    assert "Akhiri koridor" not in ended


def test_unknown_stops_are_named_with_their_lines(region, sign_in) -> None:
    answer = sign_in().post("/jalur/koridor/baru/", asked(stops="53.07\n\n99.99\nPelabuhan Entah"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "3 (99.99), 4 (Pelabuhan Entah)" in page
    assert not Corridor.objects.exists()


def test_two_agencies_corridors_of_one_name_are_both_drawn(region, sign_in, agency_of) -> None:
    for office in ("kanim-atambua", "kanim-kupang"):
        agency_of(office, parent="kanwil-im-ntt")
        sign_in(office).post("/jalur/koridor/baru/", asked())
    assert Corridor.objects.count() == 2

    page = sign_in("kanwil-im-ntt").get("/jalur/").content.decode()

    assert page.count("<polyline") == 2


def test_a_corridor_that_does_not_hold_yet_is_not_drawn(region, sign_in) -> None:
    client = sign_in()
    client.post("/jalur/koridor/baru/", asked())
    Corridor.objects.update(valid_from=timezone.localdate() + timedelta(days=3))

    assert "<polyline" not in client.get("/jalur/").content.decode()


def test_a_stopped_watch_leaves_the_form_to_watch_again(region, sign_in) -> None:
    client = sign_in()
    client.post("/jalur/koridor/baru/", asked())
    corridor = Corridor.objects.get()
    client.post(f"/jalur/koridor/{corridor.pk}/pantau/", {"every_days": "7"})
    client.post(f"/pemantauan/{Watch.objects.get().pk}/hentikan/", {"why": "terlalu sering"})

    page = client.get(f"/jalur/koridor/{corridor.pk}/").content.decode()
    client.post(f"/jalur/koridor/{corridor.pk}/pantau/", {"every_days": "7"})

    assert "Pantau koridor ini" in page
    assert Watch.objects.filter(is_active=True, corridor=corridor).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"valid_from": "2999-01-01"}, "paling lambat hari ini"),
        ({"stops": "53.07"}, "sekurangnya dua"),
        ({"stops": "53.07\n" * 21}, "Paling banyak 20"),
        ({"reach_km": "90"}, "50"),
        ({"name": ""}, "tidak boleh kosong"),
    ],
)
def test_wrong_input_is_answered_with_what_to_do(region, sign_in, wrong, said) -> None:
    answer = sign_in().post("/jalur/koridor/baru/", asked(**wrong))

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_role_that_does_not_act_is_refused_and_another_agency_finds_nothing(region, sign_in) -> None:
    sign_in().post("/jalur/koridor/baru/", asked())
    corridor = Corridor.objects.get()

    leader = sign_in(role="leader")
    answers = [
        leader.get(f"/jalur/koridor/{corridor.pk}/").status_code,
        leader.get("/jalur/koridor/baru/").status_code,
        leader.post(f"/jalur/koridor/{corridor.pk}/pantau/", {"every_days": "7"}).status_code,
        sign_in("polres-belu").get(f"/jalur/koridor/{corridor.pk}/").status_code,
    ]

    assert answers == [200, 403, 403, 404]


def test_an_end_without_reason_keeps_the_corridor_and_the_form(region, sign_in) -> None:
    client = sign_in()
    client.post("/jalur/koridor/baru/", asked())
    corridor = Corridor.objects.get()

    missing = client.post(f"/jalur/koridor/{corridor.pk}/akhiri/", {"on": "", "why": ""})
    early = client.post(
        f"/jalur/koridor/{corridor.pk}/akhiri/", {"on": "2020-01-01", "why": "salah"}, follow=True
    ).content.decode()

    corridor.refresh_from_db()
    assert missing.status_code == 422
    assert "Pilih hari lain" in early
    assert corridor.ended_at is None
