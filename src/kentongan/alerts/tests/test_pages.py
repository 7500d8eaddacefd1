"""The pages of alerts, from both ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kentongan.alerts import actions
from kentongan.alerts.models import Alert
from kentongan.kit.ids import new_id


@pytest.fixture
def sign_in(client, officer_of):
    def make(agency="kanim-atambua", *, role="analyst", **more):
        officer = officer_of(agency, role=role, username=f"masuk-{agency}-{role}", **more)
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def police(competent, officer_of):
    officer_of("polres-belu", kind="police")
    return competent("polres-belu", "crime", 3)


@pytest.fixture
def raised(finding_of, police, actor_of):
    by = actor_of("kanim-atambua", role="analyst")
    return actions.raise_alert(
        finding=finding_of(), to=police, matter="crime", message="Mohon dicek.", by=by, at=timezone.now()
    )


def test_the_new_page_proposes_with_the_reason_and_the_words(finding_of, police, sign_in):
    page = sign_in().get(f"/peringatan/baru/?finding={finding_of().pk}").content.decode()

    assert '<option value="polres-belu" selected>' in page
    assert "berwenang di Silawan" in page
    assert "7 kejadian" in page


def test_an_alert_is_sent_by_the_page(finding_of, police, sign_in):
    finding = finding_of()

    answer = sign_in().post(f"/peringatan/baru/?finding={finding.pk}", {"to": "polres-belu", "message": "Mohon dicek."})

    alert = Alert.objects.get()
    assert answer["Location"] == f"/peringatan/{alert.pk}/"
    assert (alert.addressee_id, alert.matter) == ("polres-belu", "crime")


def test_another_agency_without_a_reason_is_refused_on_the_page(finding_of, police, agency_of, sign_in):
    agency_of("bp3mi-ntt", kind="labour")
    at = f"/peringatan/baru/?finding={finding_of().pk}"
    client = sign_in()

    refused = client.post(at, {"to": "bp3mi-ntt", "message": "Mohon dicek."})
    client.post(at, {"to": "bp3mi-ntt", "message": "Mohon dicek.", "changed_why": "pekerja migran"})

    assert refused.status_code == 422
    assert "Tuliskan alasannya" in refused.content.decode()
    assert Alert.objects.get().changed_why == "pekerja migran"


def test_an_agency_without_officers_is_marked_and_foreign_ones_are_not_offered(finding_of, police, agency_of, sign_in):
    agency_of("bp3mi-ntt", kind="labour")
    agency_of("pntl", kind="foreign_police", country="TL")

    page = sign_in().get(f"/peringatan/baru/?finding={finding_of().pk}").content.decode()

    assert "Bp3Mi Ntt (belum ada petugas)" in page
    assert 'value="pntl"' not in page


@pytest.mark.parametrize("query", ["", "?finding=bukan-kode", "?event=01900000-0000-7000-8000-000000000000"])
def test_without_a_visible_reason_there_is_no_new_page(query, db, sign_in):
    assert sign_in().get(f"/peringatan/baru/{query}").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_agency_above_sees_a_finding_and_is_offered_no_alert_on_it(method, finding_of, police, agency_of, sign_in):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    finding = finding_of()
    client = sign_in("kanwil-im-ntt")

    answer = getattr(client, method)(f"/peringatan/baru/?finding={finding.pk}")

    assert client.get(f"/temuan/{finding.pk}/").status_code == 200
    assert answer.status_code == 404
    assert "Peringatan dikirim oleh instansi pemilik catatan ini" in answer.content.decode()


def test_an_event_is_a_reason_too(event_of, police, sign_in):
    page = sign_in().get(f"/peringatan/baru/?event={event_of(kind='TPPO').pk}").content.decode()

    assert "Pelintas batas ilegal di Silawan" in page


def test_the_addressee_goes_through_all_steps_on_a_phone_without_script(raised, sign_in):
    client = sign_in("polres-belu")
    at = f"/peringatan/{raised.pk}/"

    first = client.get(at).content.decode()
    client.post(f"{at}terima/", {"version": 1, "note": ""})
    second = client.get(at).content.decode()
    client.post(f"{at}verifikasi/", {"version": 2, "note": "Tiga orang akan berangkat."})
    client.post(f"{at}tutup/", {"version": 3, "outcome": "true", "why": "Keberangkatan dicegah."})
    last = client.get(at).content.decode()

    assert "Kami terima" in first
    assert "sisa" in first
    assert "Catat verifikasi" in second
    assert "Keberangkatan dicegah." in last
    assert (
        first.count("<script") == 2
    )  # of the frame, which counts notices, and of the live page: nothing waits for them
    assert Alert.objects.get().state == "closed"


@pytest.mark.parametrize("step", ["terima", "verifikasi", "tutup"])
def test_a_role_that_only_looks_is_refused_every_step(step, raised, sign_in):
    answer = sign_in("polres-belu", role="leader").post(
        f"/peringatan/{raised.pk}/{step}/", {"version": 1, "note": "x", "outcome": "duplicate", "why": "x"}
    )

    assert answer.status_code == 403
    assert "Peran Anda tidak mencakup tindakan ini" in answer.content.decode()
    assert Alert.objects.get().state == "raised"


def test_the_sender_sees_the_clock_and_no_steps_of_the_addressee(raised, sign_in):
    page = sign_in().get(f"/peringatan/{raised.pk}/").content.decode()

    assert "Kami terima" not in page
    assert "Tutup peringatan" in page
    assert "harus diterima" in page


def test_an_alert_that_is_late_says_so(raised, sign_in):
    Alert.objects.update(acknowledge_by=timezone.now() - timedelta(hours=2))
    client = sign_in("polres-belu")

    assert "chip--overdue" in client.get(f"/peringatan/{raised.pk}/").content.decode()
    assert raised.title in client.get("/peringatan/?overdue=on").content.decode()


def test_before_verification_only_outcomes_that_need_none_are_offered(raised, sign_in):
    page = sign_in("polres-belu").get(f"/peringatan/{raised.pk}/").content.decode()

    assert 'value="duplicate"' in page
    assert 'value="true"' not in page


def test_of_two_officers_the_second_is_told(raised, sign_in):
    client = sign_in("polres-belu")
    client.post(f"/peringatan/{raised.pk}/terima/", {"version": 1})

    page = client.post(f"/peringatan/{raised.pk}/terima/", {"version": 1}, follow=True).content.decode()

    assert "sudah diubah oleh petugas lain" in page


def test_a_step_without_its_words_is_refused_and_the_page_says_so(raised, sign_in):
    client = sign_in("polres-belu")
    client.post(f"/peringatan/{raised.pk}/terima/", {"version": 1})

    answer = client.post(f"/peringatan/{raised.pk}/verifikasi/", {"version": 2, "note": ""})

    assert answer.status_code == 422
    assert Alert.objects.get().state == "acknowledged"


def test_a_third_agency_neither_lists_nor_opens_nor_changes(raised, sign_in):
    client = sign_in("bc-atambua", kind="customs")

    assert raised.title not in client.get("/peringatan/").content.decode()
    assert client.get(f"/peringatan/{raised.pk}/").status_code == 404
    assert (
        client.post(f"/peringatan/{raised.pk}/tutup/", {"version": 1, "outcome": "duplicate", "why": "x"}).status_code
        == 404
    )
    assert Alert.objects.get().state == "raised"


def test_the_list_is_narrowed_by_side_state_and_finding(raised, sign_in):
    client = sign_in()

    for query, is_shown in (("side=from", True), ("side=to", False), ("state=raised", True), ("state=closed", False),
                            (f"finding={raised.finding_id}", True), (f"finding={new_id()}", False)):  # fmt: skip
        assert (f"/peringatan/{raised.pk}/" in client.get(f"/peringatan/?{query}").content.decode()) is is_shown


def test_a_soldier_opens_the_alert_without_a_way_to_the_finding(finding_of, agency_of, actor_of, sign_in):
    by = actor_of("kanim-atambua", role="analyst")
    army = agency_of("pamtas-timur", kind="military")
    alert = actions.raise_alert(
        finding=finding_of(),
        to=army,
        matter="border_guard",
        message="Mohon patroli.",
        changed_why="jalur tikus",
        by=by,
        at=timezone.now(),
    )
    client = sign_in("pamtas-timur", kind="military")

    page = client.get(f"/peringatan/{alert.pk}/").content.decode()

    assert "Mohon patroli." in page
    assert "/temuan/" + str(alert.finding_id) not in page
    assert client.get(f"/temuan/{alert.finding_id}/").status_code == 404


def test_the_list_asks_the_same_number_of_questions_whatever_its_length(raised, sign_in, django_assert_max_num_queries):
    for _n in range(20):
        raised.pk, raised.number = new_id(), ""
        raised.state, raised.outcome, raised.outcome_why = "closed", "duplicate", "x"
        raised._state.adding = True
        raised.save()
    client = sign_in()

    with django_assert_max_num_queries(20):
        client.get("/peringatan/")


def test_a_proposed_agency_without_officers_gives_way_to_one_that_somebody_looks_in_for(
    event_of, competent, officer_of, sign_in
):
    competent("kanim-lain", "foreigners", 3, kind="immigration")
    competent("polres-belu", "crime", 3)
    officer_of("polres-belu", kind="police")

    page = sign_in().get(f"/peringatan/baru/?event={event_of().pk}").content.decode()

    assert '<option value="polres-belu" selected>' in page
    assert "Instansi yang diusulkan pertama belum mempunyai petugas" in page
    assert page.count("tidak akan dilihat siapa pun") == 1


def test_the_first_proposal_stands_where_no_proposed_agency_has_officers(event_of, competent, sign_in):
    competent("kanim-lain", "foreigners", 3, kind="immigration")
    competent("polres-belu", "crime", 3)

    page = sign_in().get(f"/peringatan/baru/?event={event_of().pk}").content.decode()

    assert '<option value="kanim-lain" selected>' in page
    assert page.count("tidak akan dilihat siapa pun") == 2
    assert "Instansi yang diusulkan pertama" not in page


@pytest.mark.parametrize(("role", "is_offered"), [("case_officer", True), ("analyst", False)])
def test_who_acts_on_cases_is_led_from_the_alert_to_a_new_one(role, is_offered, raised, sign_in):
    page = sign_in("polres-belu", role=role).get(f"/peringatan/{raised.pk}/").content.decode()

    assert (f'href="/perkara/baru/?alert={raised.pk}"' in page) == is_offered
