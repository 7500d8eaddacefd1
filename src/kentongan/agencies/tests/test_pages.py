"""The administration pages: open to administrators, blind to content, safe against everybody else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kentongan.agencies.models import Agency, AgencyParent, Officer

PAGES = ["/instansi/", "/instansi/baru/", "/instansi/impor/", "/petugas/", "/petugas/baru/", "/petugas/impor/"]


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_opens_every_page(page, sign_in):
    answer = sign_in().get(page)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["analyst", "leader", "overseer"])
def test_another_role_is_refused(page, role, sign_in):
    assert sign_in(role=role).get(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_without_a_sign_in_the_way_leads_to_it(page, client, db):
    answer = client.get(page)

    assert answer.status_code == 302
    assert "/akun/" in answer["Location"]


def test_the_lists_hold_the_own_branch_only(sign_in, agency_of, officer_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    officer_of("polres-belu", kind="police")
    client = sign_in()

    agencies = client.get("/instansi/").content.decode()
    officers = client.get("/petugas/").content.decode()

    assert "kanim-atambua" in agencies
    assert "polres-belu" not in agencies
    assert "analyst-polres-belu" not in officers


@pytest.mark.parametrize("page", ["agency_list", "officer_new", "webhook_list", "ladder_policy"])
def test_the_pages_reckon_who_answers_to_whom_by_the_day_in_jakarta_as_the_deeds_do(
    page, sign_in, agency_of, now, monkeypatch
):
    late = now.replace(hour=16, minute=30)  # half past eleven in Jakarta, half past midnight in Kupang
    tomorrow = late.date() + timedelta(days=1)
    agency_of("taken", parent="kanwil-im-ntt").parents.update(valid_to=tomorrow)
    AgencyParent.objects.create(agency=agency_of("given"), parent_id="kanwil-im-ntt", valid_from=tomorrow)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    told = sign_in().get(reverse(page)).content.decode()

    assert "Taken" in told
    assert "Given" not in told


def test_an_agency_and_an_officer_of_another_branch_look_absent(sign_in, officer_of):
    stranger = officer_of("polres-belu", kind="police")
    client = sign_in()

    assert client.get("/instansi/polres-belu/").status_code == 404
    assert client.get(f"/petugas/{stranger.pk}/").status_code == 404
    assert client.post(f"/petugas/{stranger.pk}/cabut/", {"why": "x"}).status_code == 404
    assert Officer.objects.get(pk=stranger.pk).is_active


def test_a_new_officer_is_made_and_the_password_shown_once(sign_in):
    client = sign_in()
    said = {"username": "maria", "full_name": "Maria Uji", "agency": "kanwil-im-ntt", "role": "analyst"}

    answer = client.post("/petugas/baru/", said)

    assert "hanya ditampilkan sekali" in answer.content.decode()
    assert Officer.objects.get(username="maria").must_change_password


def test_a_name_is_judged_on_the_page_as_it_will_be_stored(sign_in):
    long_name = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"  # one letter that is stored as eighteen, with spaces
    said = {"username": long_name, "full_name": "Maria Uji", "agency": "kanwil-im-ntt", "role": "analyst"}

    assert sign_in().post("/petugas/baru/", said).status_code == 422


def test_an_officer_is_transferred_leaves_and_is_revoked_by_the_pages(sign_in, officer_of, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    officer = officer_of("kanim-atambua", role="analyst")
    client = sign_in()
    at = f"/petugas/{officer.pk}"

    client.post(f"{at}/tugaskan/", {"agency": "kanwil-im-ntt", "role": "leader", "why": "mutasi"})
    assert officer.postings.get(ended_at__isnull=True).agency_id == "kanwil-im-ntt"
    client.post(f"{at}/berhenti/", {"why": "cuti"})
    assert not officer.postings.filter(ended_at__isnull=True).exists()
    client.post(f"{at}/cabut/", {"why": "pensiun"})

    assert not Officer.objects.get(pk=officer.pk).is_active
    assert client.get(f"{at}/").status_code == 200


def test_a_deed_without_its_reason_is_refused_and_the_page_says_so(sign_in, officer_of, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    officer = officer_of("kanim-atambua")

    answer = sign_in().post(f"/petugas/{officer.pk}/cabut/", {"why": ""})

    assert answer.status_code == 422
    assert Officer.objects.get(pk=officer.pk).is_active


def test_an_agency_is_made_renamed_and_closed_by_the_pages(sign_in):
    client = sign_in()
    made = {
        "id": "kanim-baru",
        "name": "Kanim Baru",
        "kind": "immigration",
        "level": "regency",
        "country": "ID",
        "parent_id": "kanwil-im-ntt",
    }

    client.post("/instansi/baru/", made)
    client.post("/instansi/kanim-baru/nama/", {"name": "Kanim Lebih Baru", "abbrev": "", "on": "2026-03-01"})
    client.post("/instansi/kanim-baru/jabatan/", {"title": "Kepala", "holder_name": "Pejabat Uji", "on": "2026-03-02"})
    page = client.get("/instansi/kanim-baru/").content.decode()
    client.post("/instansi/kanim-baru/tutup/", {"on": "2026-03-03"})

    assert "Kanim Lebih Baru" in page
    assert "Pejabat Uji" in page
    assert not Agency.objects.get(pk="kanim-baru").is_active


def test_the_page_says_why_a_military_agency_makes_no_police(sign_in):
    client = sign_in("kodim-uji", kind="military")
    said = {
        "id": "polsek-uji",
        "name": "Polsek",
        "kind": "military",
        "level": "regency",
        "country": "TL",
        "parent_id": "kodim-uji",
    }

    answer = client.post("/instansi/baru/", said)

    assert answer.status_code == 422
    assert "Instansi senegara dengan induknya (Indonesia)." in answer.content.decode()


def test_an_import_with_faults_names_them_on_the_page(sign_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("petugas.csv", b"username,full_name,agency_id,role\nyosef,Yosef,tidak-ada,analyst\n")

    answer = sign_in().post("/petugas/impor/", {"file": file})

    assert answer.status_code == 422
    assert "baris 2" in answer.content.decode()
    assert not Officer.objects.filter(username="yosef").exists()


def test_ones_own_key_is_shown_once_and_can_be_withdrawn(sign_in):
    client = sign_in(role="analyst")
    client.post("/akun/reauthenticate/", {"password": "sangat-rahasia-2026"})

    first = client.post("/akun-saya/kunci/", {"name": "uji", "purpose": "prevention", "days": 30}).content.decode()
    again = client.get("/akun-saya/kunci/").content.decode()

    assert "ktg_" in first
    assert "ktg_" not in again
    token = Officer.objects.get().tokens.get()
    client.post(f"/akun-saya/kunci/{token.pk}/cabut/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_somebody_elses_key_cannot_be_withdrawn(sign_in, officer_of, now):
    other = officer_of("polres-belu", kind="police")
    token = other.tokens.create(
        name="x",
        agency_id="polres-belu",
        role="analyst",
        hashed="h",
        purpose="prevention",
        created_at=now,
        expires_at=now.replace(year=2027),
    )

    assert sign_in(role="analyst").post(f"/akun-saya/kunci/{token.pk}/cabut/").status_code == 404


def test_the_own_password_is_changed_and_the_session_goes_on(sign_in):
    client = sign_in(role="analyst")
    said = {"present": "sangat-rahasia-2026", "wanted": "kentongan-berbunyi-lagi", "again": "kentongan-berbunyi-lagi"}

    answer = client.post("/akun-saya/sandi/", said)

    assert answer.status_code == 302
    assert client.get("/akun-saya/kunci/").status_code == 200


def test_two_new_passwords_that_differ_are_refused(sign_in):
    said = {"present": "sangat-rahasia-2026", "wanted": "kentongan-berbunyi-lagi", "again": "lain"}

    assert sign_in(role="analyst").post("/akun-saya/sandi/", said).status_code == 422


def test_a_first_password_leads_to_the_page_where_it_is_changed(sign_in):
    client = sign_in()
    Officer.objects.update(must_change_password=True)

    assert client.get("/petugas/")["Location"] == "/akun-saya/sandi/"
    assert client.get("/akun-saya/sandi/").status_code == 200


@pytest.mark.parametrize("number", [3, 23])
def test_the_lists_ask_the_database_the_same_number_of_questions_whatever_their_length(
    number, sign_in, officer_of, agency_of, django_assert_max_num_queries
):
    for n in range(number):
        agency_of(f"kanim-{n}", parent="kanwil-im-ntt")
        officer_of(f"kanim-{n}")
    client = sign_in()

    with django_assert_max_num_queries(16):
        client.get("/instansi/")
    with django_assert_max_num_queries(16):
        client.get("/petugas/")
