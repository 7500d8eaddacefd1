"""The pages, from both ends: what each side is shown and may do, and that refusals are told on the page."""

import pytest
from django.utils import timezone

from kentongan.agreements.models import ImpactAssessment
from kentongan.cases import actions
from kentongan.cases.models import Case, CasePerson, CaseTask, Referral
from kentongan.vault.tests.making import CANARIES, CONTACT, NAME

from .conftest import LEAD, SUPPORT, THIRD


@pytest.fixture
def now():
    """Pages ask the clock, so what they show must be of this day."""
    return timezone.now()


@pytest.fixture
def at(case):
    return f"/perkara/{case.pk}/"


@pytest.fixture
def victim(case, lead, switched_on, now):
    (person,) = actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU 21/2007", by=lead, at=now)
    return person


def text(answer):
    return answer.content.decode()


def test_a_case_is_opened_on_an_event_by_the_page(lead, event_of, sign_in):
    event = event_of()
    client = sign_in()

    form = text(client.get(f"/perkara/baru/?event={event.pk}"))
    answer = client.post(
        f"/perkara/baru/?event={event.pk}", {"title": "Perkara pelabuhan", "summary": "Tiga puluh orang."}
    )

    case = Case.objects.get()
    assert event.title in form
    assert answer["Location"] == f"/perkara/{case.pk}/"
    assert (case.event_id, case.title, case.owner_id) == (event.pk, "Perkara pelabuhan", LEAD)


def test_a_case_is_not_opened_on_an_event_that_is_closed_to_the_officer(event_of, sign_in):
    event = event_of("kanim-atambua")

    assert sign_in(kind="police").get(f"/perkara/baru/?event={event.pk}").status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_paper_of_a_day_that_nobody_means_is_refused_on_the_page(day, case, at, sign_in):
    client = sign_in(kind="police")

    assert client.post(f"{at}tahapan/", {"code": "LP_B", "on": day, "document": "LP/B/1"}).status_code == 422
    assert not case.milestones.exists()


def test_the_lead_works_the_whole_case_without_script(case, at, sign_in, agency_of, now):
    agency_of(SUPPORT)
    client, day = sign_in(kind="police"), timezone.localdate(now).isoformat()

    def post(step, **said):
        answer = client.post(f"{at}{step}/", said)
        assert answer.status_code == 302, text(answer)

    post("keadaan", version=1, to="working")
    post("instansi", agency=SUPPORT, groups=["title", "milestones"], why="orang asing")
    post("tugas", agency=SUPPORT, what="Periksa paspor")
    post("tahapan", code="LP_B", on=day, document="LP/B/1")
    post("tahapan", code="PENYIDIKAN", on=day, document="SP.Sidik/1")
    post(
        "dugaan",
        offence="TPPO",
        act_on=day,
        why="dijanjikan kerja",
        **{"TPPO-act": "RECRUIT", "TPPO-act-why": "direkrut", "TPPO-act-evidence": f"event:{case.event_id}"},
    )
    post("anak", version=2, has_child_victims="on", why="akta lahir")
    post(
        "barang",
        what="Perahu",
        quantity="1",
        unit="buah",
        holder=LEAD,
        taken_at=now.strftime("%Y-%m-%dT00:00"),
        taken_where="dermaga",
    )
    post("catatan", text="Rapat besok", is_shared="on")
    page = text(client.get(at))
    post("tutup", version=3, result="prevented", why="dicegah")

    for word in (
        "dikerjakan",
        "Periksa paspor",
        "LP/B/1",
        "SPDP",
        "merekrut",
        "direkrut",
        "Perahu",
        "Rapat besok",
        "korban anak",
    ):
        assert word in page, word
    assert "cara" not in page.split("Unsur yang belum dinyatakan:")[1].split("</p>")[0]
    assert page.count("<script") == 1  # of the frame: it counts notices, and nothing waits for it
    assert "dicegah" in text(client.get(at))


def test_a_refusal_keeps_what_was_typed_and_says_why(case, at, sign_in):
    answer = sign_in(kind="police").post(
        f"{at}tutup/", {"version": 7, "result": "stopped", "why": "kurang bukti yang sah"}
    )

    assert answer.status_code == 409
    assert "Sudah diubah oleh petugas lain" in text(answer)
    assert "kurang bukti yang sah" in text(answer)


def test_the_supporting_agency_sees_its_own_workspace_on_the_page(case, joined, lead, agency, at, sign_in, now):
    actions.give_task(case=case, agency=agency(SUPPORT), what="Periksa paspor", by=lead, at=now)
    actions.write_note(case=case, text="hanya untuk polres", is_shared=False, by=lead, at=now)
    client = sign_in(SUPPORT)

    page = text(client.get(at))

    assert "Periksa paspor" in page
    assert "Dipimpin" in page
    assert "hanya untuk polres" not in page
    assert "Tutup perkara" not in page
    assert "Silawan" not in page
    assert client.post(f"{at}tutup/", {"version": 1, "result": "stopped", "why": "x"}).status_code == 422


def test_a_task_is_answered_from_the_list_of_the_own_agency(case, joined, lead, agency, sign_in, now):
    task = actions.give_task(case=case, agency=agency(SUPPORT), what="Periksa paspor", by=lead, at=now)
    client = sign_in(SUPPORT)

    assert "Periksa paspor" in text(client.get("/tugas/"))
    assert client.post(f"/tugas/{task.pk}/jawab/", {"version": 1, "to": "accepted"}).status_code == 302
    refused = client.post(f"/tugas/{task.pk}/jawab/", {"version": 2, "to": "done"})
    assert (refused.status_code, "apa yang sudah dikerjakan" in text(refused)) == (422, True)
    assert CaseTask.objects.get().state == "accepted"


def test_the_supporting_agency_leaves_by_the_page_and_sees_it_no_more(case, joined, at, sign_in):
    client = sign_in(SUPPORT)

    assert client.post(f"{at}keluar/", {"why": "bagian kami selesai"})["Location"] == "/perkara/"
    assert client.get(at).status_code == 404


@pytest.mark.parametrize("path", ["", "keadaan/", "tugas/", "orang/", "catatan/"])
def test_a_third_agency_finds_nothing_at_any_address_of_the_case(case, at, sign_in, switched_on, path):
    client = sign_in(THIRD, kind="social", role="social_worker")

    assert (client.get(at) if not path else client.post(f"{at}{path}", {})).status_code == 404
    assert case.title not in text(client.get("/perkara/"))


def test_the_leader_looks_and_only_decides_what_two_must_decide(case, victim, lead, at, sign_in, now):
    change = actions.change_role(
        person=victim, revision=victim.revision, to="suspect", offence="PAPERS", reason_given="memakai paspor lain",
        legal_reason="Pasal 18 dipertimbangkan", by=lead, at=now,
    )  # fmt: skip
    leader = sign_in(role="leader", kind="police")

    page = text(leader.get(at))
    assert "Diusulkan: Korban A menjadi tersangka" in page
    assert "Putuskan" in page
    assert leader.post(f"{at}catatan/", {"text": "x"}).status_code == 403
    assert leader.post(f"{at}peran/{change.pk}/putusan/", {"approves": "no", "why": "asas berlaku"}).status_code == 302
    assert CasePerson.objects.get().role == "victim"


def test_the_officer_who_asks_is_refused_the_second_word_on_the_page(case, victim, lead, at, sign_in, now):
    change = actions.change_role(
        person=victim,
        revision=victim.revision,
        to="suspect",
        offence="OTHER",
        reason_given="x",
        legal_reason="y",
        by=lead,
        at=now,
    )

    answer = sign_in(kind="police").post(f"{at}peran/{change.pk}/putusan/", {"approves": "yes", "why": "setuju"})

    assert answer.status_code == 403
    assert CasePerson.objects.get().role == "victim"


def test_people_are_added_and_identified_and_no_page_shows_who_they_are(case, at, sign_in, switched_on):
    client = sign_in(kind="police")
    client.post(f"{at}orang/", {"role": "victim", "age": "unknown", "number": 2, "legal_basis": "UU 21/2007"})
    person = CasePerson.objects.order_by("mark").first()
    said = {"revision": str(person.revision), "legal_basis": "UU 21/2007", "name": NAME, "contact": CONTACT}

    answer = client.post(f"{at}orang/{person.pk}/identitas/", said)

    person.refresh_from_db()
    assert answer.status_code == 302
    assert person.identity_id
    pages = [text(client.get(path)) for path in (at, f"{at}orang/{person.pk}/", "/perkara/", "/brankas/")]
    assert "Korban B" in pages[0]
    assert not [word for word in CANARIES if any(word in page for page in pages)]


def test_a_supporting_agency_that_is_shown_the_people_is_not_told_whether_the_vault_has_them(
    case, victim, lead, support, agency, at, sign_in, now
):
    actions.add_agency(case=case, agency=agency(SUPPORT), groups=["persons"], why="korban", by=lead, at=now)

    page = text(sign_in(SUPPORT).get(f"{at}orang/{victim.pk}/"))

    assert "Korban A" in page
    assert "Identitas</dt>" not in page
    assert "Identitas</dt>" in text(sign_in(kind="police").get(f"{at}orang/{victim.pk}/"))


def test_a_referral_goes_out_and_comes_back_through_both_sides_pages(
    case, victim, at, client, officer_of, agency_of, sign_in
):
    agency_of(THIRD, kind="social")
    sender = officer_of(LEAD, role="case_officer", username="pengirim")
    receiver = officer_of(THIRD, role="social_worker", username="penerima", kind="social")
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(sender, backend=backend)
    said = {
        "receiver": THIRD, "service": "shelter", "needs": "Tempat tinggal sepekan", "scope": ["subject", "needs"], "consent_by": "subject",
    }  # fmt: skip

    refused = client.post(f"{at}orang/{victim.pk}/rujuk/", said)
    assert (refused.status_code, "surat persetujuannya" in text(refused)) == (422, True)
    sent = client.post(f"{at}orang/{victim.pk}/rujuk/", said | {"document": "Surat 9/2026"})
    referral = Referral.objects.get()
    assert sent["Location"] == f"/rujukan/{referral.pk}/"

    client.force_login(receiver, backend=backend)
    page = text(client.get(f"/rujukan/{referral.pk}/"))
    assert ("Tempat tinggal sepekan" in page, "Korban A" in page, case.title in page, "Silawan" in page) == (
        True,
        True,
        False,
        False,
    )
    assert client.post(f"/rujukan/{referral.pk}/jawab/", {"version": 1, "to": "accepted"}).status_code == 302
    assert client.post(f"/rujukan/{referral.pk}/cabut/", {"version": 2, "why": "x"}).status_code == 422
    assert referral.number in text(client.get("/rujukan/?side=to"))

    client.force_login(sender, backend=backend)
    assert "diterima" in text(client.get(f"/rujukan/{referral.pk}/"))
    client.post(f"/rujukan/{referral.pk}/tarik-persetujuan/", {"why": "berubah pikiran"})
    client.force_login(receiver, backend=backend)
    assert client.get(f"/rujukan/{referral.pk}/").status_code == 404
    assert referral.number not in text(client.get("/rujukan/"))


def test_with_the_module_off_people_and_referrals_are_closed_and_the_case_works(case, victim, at, sign_in):
    ImpactAssessment.objects.all().delete()
    client = sign_in(kind="police")

    page = text(client.get(at))
    assert "penilaian dampak" in page
    assert "Korban A" not in page
    for path in (f"{at}orang/{victim.pk}/", f"{at}orang/{victim.pk}/rujuk/", "/rujukan/"):
        answer = client.get(path)
        assert (answer.status_code, "penilaian dampak" in text(answer)) == (403, True)
    assert client.post(f"{at}orang/", {"role": "victim"}).status_code == 403
    assert client.post(f"{at}catatan/", {"text": "jalan terus"}).status_code == 302


def test_the_directory_is_open_to_officers_and_says_what_was_not_checked(gazetteer_rows, agency_of, sign_in):
    agency_of("uptd-ppa-ntt", kind="social")

    page = text(sign_in().get("/rujukan/layanan/?place=53.04&service=shelter"))

    assert "Uptd Ppa Ntt" in page
    assert "belum dicocokkan" in page
    assert "tidak dikenal" in text(sign_in(role="leader").get("/rujukan/layanan/?place=99.99"))


def test_lists_ask_the_same_number_of_questions_whatever_their_length(
    lead, sign_in, now, django_assert_max_num_queries
):
    for number in range(20):
        actions.open_case(title=f"Perkara {number}", by=lead, at=now)
    client = sign_in(kind="police")

    with django_assert_max_num_queries(20):
        assert "Perkara 19" in text(client.get("/perkara/"))


def test_an_address_of_another_case_leads_to_nothing_of_this_one(case, victim, lead, sign_in, now):
    other = actions.open_case(title="Lain", by=lead, at=now)
    made = actions.record_milestone(case=case, code="LI", on=timezone.localdate(now), document="LI/1", by=lead, at=now)
    client = sign_in(kind="police")

    assert client.get(f"/perkara/{other.pk}/orang/{victim.pk}/").status_code == 404
    assert client.post(f"/perkara/{other.pk}/tahapan/{made.pk}/cabut/", {"why": "x"}).status_code == 404


def test_thirty_people_of_one_deed_are_one_line_of_the_timeline_and_looks_stand_apart(
    case, lead, support, joined, switched_on, seen_by, at, sign_in, now
):
    actions.add_persons(case=case, role="victim", number=30, legal_basis="UU 21/2007", by=lead, at=now)
    actions.add_persons(case=case, role="suspect", legal_basis="UU 21/2007", by=lead, at=now)

    history = text(sign_in(kind="police").get(at)).partition('id="riwayat"')[2]
    told, _fold, looks = history.partition("Yang pernah membuka perkara ini")

    assert "30 orang dicatat: Korban A sampai Korban AD" in told
    assert "Tersangka A dicatat" in told
    assert told.count("dicatat") == 2
    assert ("dibuka bagi instansi lain" in told, "dibuka bagi instansi lain" in looks) == (False, True)


def test_what_is_wrong_with_a_change_of_what_is_shared_is_said_where_it_was_asked(case, joined, at, sign_in):
    client = sign_in(kind="police")
    said = {"version": joined.version, "groups": ["title"], "why": ""}

    calm = text(client.get(at)).partition("Ubah yang dibagikan")[0]
    faulty = client.post(f"{at}instansi/{joined.pk}/bagi/", said)

    assert calm.rstrip().endswith("<details><summary>")
    before, _heading, after = text(faulty).partition("Ubah yang dibagikan</summary>")
    assert faulty.status_code == 422
    assert before.rstrip().endswith("<details open><summary>")
    assert "field--wrong" in after.partition("</form>")[0]


def test_a_reason_of_blanks_beside_a_button_is_asked_for_again(case, joined, at, sign_in):
    answer = sign_in(kind="police").post(f"{at}instansi/{joined.pk}/keluar/", {"why": "  "})

    assert (answer.status_code, "Tuliskan alasannya." in text(answer)) == (422, True)
    joined.refresh_from_db()
    assert joined.left_at is None
