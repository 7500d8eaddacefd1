"""The pages of reports and events: evidence beside fields, decisions that say when they came too late, nothing for strangers."""

import re

import pytest
from django.urls import reverse

from kentongan.agencies.models import Officer
from kentongan.agreements.models import Grant
from kentongan.agreements.tests.sharing import clause_between
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.events.actions import confirm, dismiss, merge
from kentongan.events.highlighting import Span, segments
from kentongan.events.models import Event, JoinDoubt
from kentongan.intake.models import Report


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def desk(client, analyst):
    """The analyst of the events, signed in."""
    client.force_login(Officer.objects.get(username="analyst-kanim-atambua"))
    return client


@pytest.fixture
def stranger(client, officer_of):
    client.force_login(officer_of("polres-belu", kind="police"))
    return client


# --- marking evidence ---


def test_the_pieces_of_a_text_are_the_text_whatever_overlaps():
    spans = [
        Span(0, 4, "kind", "a"),
        Span(2, 8, "place", "b"),
        Span(20, 99, "date", "beyond"),
        Span(3, 3, "date", "empty"),
    ]

    pieces = segments("Lima orang", spans)

    assert "".join(piece.text for piece in pieces) == "Lima orang"
    assert [(piece.text, piece.field) for piece in pieces] == [
        ("Li", "kind"),
        ("ma", "kind"),
        (" ora", "place"),
        ("ng", ""),
    ]
    assert [piece.anchor for piece in pieces] == ["t0-4", "t2-8", "", ""]


# --- the report beside its reading ---


def test_a_report_shows_its_text_with_marks_its_fields_and_its_events(desk, event):
    answer = desk.get(reverse("report_detail", args=[Report.objects.get().pk]))

    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<mark class="evidence"' in html
    assert "Silawan (53.04.02.2001)" in words(answer)
    assert event.title in words(answer)
    assert "Refresh" not in answer


def test_the_marked_text_is_the_text_of_the_report(desk, event):
    report = Report.objects.get()

    answer = desk.get(reverse("report_detail", args=[report.pk]))

    assert "".join(piece.text for piece in answer.context["reading"].segments) == report.text


def test_a_text_with_markup_is_shown_and_not_run(desk, told, reading_of, crossing):
    told("<script>alert(1)</script> lima orang", reading_of(crossing()))

    html = desk.get(reverse("report_detail", args=[Report.objects.get().pk])).content.decode()

    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; lima orang" in re.sub(r"</?mark[^>]*>", "", html)


def test_a_report_that_waits_to_be_read_says_so_and_loads_again(desk, gazetteer_rows, settings):
    desk.post(reverse("report_new"), {"text": "Lima orang menyeberang."})

    answer = desk.get(reverse("report_detail", args=[Report.objects.get().pk]))

    assert "Sedang dibaca" in words(answer)
    assert answer["Refresh"] == "4"


def test_a_report_that_could_not_be_read_says_so(desk, gazetteer_rows):
    desk.post(reverse("report_new"), {"text": "Lima orang menyeberang."})
    OutboxRow.objects.update(state="failed")

    answer = desk.get(reverse("report_detail", args=[Report.objects.get().pk]))

    assert "gagal dibaca" in words(answer)
    assert "Refresh" not in answer


def test_a_reporter_sees_the_own_report_and_no_reading(client, officer_of, event):
    client.force_login(officer_of("kanim-atambua", role="reporter"))

    answer = client.get(reverse("report_detail", args=[Report.objects.get().pk]))

    assert answer.status_code == 200
    assert "<mark" not in answer.content.decode()
    assert event.title not in words(answer)


def test_opening_a_personal_report_is_in_the_trail(desk, event):
    desk.get(reverse("report_detail", args=[Report.objects.get().pk]))

    assert TrailRow.objects.filter(event="record.read", subject=Report.objects.get().ref).exists()


def test_other_reports_of_the_happening_are_named(desk, event, told, reading_of, crossing):
    told("Kata warga lima orang lewat.", reading_of(crossing()), later_h=1, source="Kabar Contoh")

    answer = desk.get(reverse("report_detail", args=[Report.objects.get(source="").pk]))

    assert "Laporan lain tentang kejadian ini: Kabar Contoh" in words(answer)


def test_who_may_see_the_event_and_not_its_report_is_told_only_that_there_is_one(client, officer_of, event):
    client.force_login(officer_of("kanim-atambua", role="leader"))

    answer = client.get(reverse("event_detail", args=[event.pk]))

    assert "laporan yang tidak terbuka bagi Anda" in words(answer)
    assert "menyeberang" not in words(answer)
    assert client.get(reverse("report_detail", args=[Report.objects.get().pk])).status_code == 404


@pytest.fixture
def given_the_event(client, officer_of, event, now):
    """An officer of the police, whose agency was granted the whole event and nothing behind it."""
    client.force_login(officer_of("polres-belu", kind="police"))
    Grant.objects.create(
        category="events", record=event.pk, agency_id="polres-belu", valid_from=now, cause="address", because="alert:1"
    )
    return client


@pytest.fixture
def today(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def test_who_was_given_the_event_reads_nothing_of_a_report_that_is_shared_in_part(today, event, given_the_event):
    clause_between("kanim-atambua", "polres-belu", {"reports": {}})

    page = words(given_the_event.get(reverse("event_detail", args=[event.pk])))

    assert event.number in page
    assert "menyeberang" not in page


def test_who_was_given_the_event_is_not_told_what_was_merged_into_it(
    today, event, told, reading_of, crossing, analyst, given_the_event, now
):
    (other,) = told("Dua belas orang.", reading_of(crossing(persons=12)), later_h=1)
    merge(absorbed=other, into=event, by=analyst, at=now, why="satu rombongan")

    page = words(given_the_event.get(reverse("event_detail", args=[event.pk])))

    assert event.number in page
    assert other.number not in page
    assert "satu rombongan" not in page.partition("Riwayat")[0]


def test_who_sees_a_part_of_an_event_does_not_withdraw_what_is_alleged_of_it(today, event, client, officer_of):
    client.force_login(officer_of("polres-belu", kind="police"))
    clause_between("kanim-atambua", "polres-belu", {"events": {"place": "full"}})
    said = {"version": 1, "reason": "keliru", "classification": event.classifications.get().pk}

    answer = client.post(reverse("classification_withdraw", args=[event.pk]), said)

    assert "dibagikan sebagian" in words(answer)
    assert event.classifications.get().withdrawn_at is None


def test_the_number_of_an_allegation_stands_in_its_form_without_separators(today, event, desk):
    event.classifications.update(id=12345)

    page = desk.get(reverse("event_detail", args=[event.pk])).content.decode()
    said = {"version": event.version, "classification": "12345", "reason": "keliru"}
    desk.post(reverse("classification_withdraw", args=[event.pk]), said)

    assert 'name="classification" value="12345"' in page
    assert event.classifications.get().withdrawn_at is not None


# --- strangers ---


@pytest.mark.parametrize(
    "name",
    ["event_detail", "event_confirm", "event_correct", "event_split", "event_merge", "merge_undo", "doubt_answer"],
)
def test_another_agency_cannot_tell_an_event_from_none(event, stranger, name):
    ask = stranger.get if name == "event_detail" else stranger.post

    refused = ask(reverse(name, args=[event.pk]))
    absent = ask(reverse(name, args=["01920000-0000-7000-8000-000000000000"]))

    assert refused.status_code == absent.status_code == 404
    assert words(refused) == words(absent)
    assert Event.objects.get().state == "proposed"


def test_another_agency_cannot_tell_a_report_from_none(event, stranger):
    refused = stranger.get(reverse("report_detail", args=[Report.objects.get().pk]))
    absent = stranger.get(reverse("report_detail", args=["01920000-0000-7000-8000-000000000000"]))

    assert refused.status_code == absent.status_code == 404
    assert words(refused) == words(absent)


def test_a_number_of_another_agency_finds_nothing_to_merge(event, told, reading_of, crossing, actor_of, desk):
    (theirs,) = told("Lima.", reading_of(crossing()), by=actor_of("polres-belu", kind="police"))

    answer = desk.post(
        reverse("event_merge", args=[event.pk]), {"version": 1, "other": theirs.number, "reason": "sama"}
    )

    assert "Tidak ada kejadian bernomor" in words(answer)
    assert Event.objects.filter(state="merged").count() == 0


# --- deciding ---


def test_confirming_from_the_report(desk, event):
    answer = desk.post(reverse("event_confirm", args=[event.pk]), {"version": 1}, follow=True)

    assert Event.objects.get().state == "confirmed"
    assert "Kejadian dikonfirmasi." in words(answer)


def test_the_second_of_two_officers_is_told_and_keeps_what_was_typed(desk, event, analyst, now):
    confirm(event=Event.objects.get(), version=1, by=analyst, at=now)

    answer = desk.post(reverse("event_dismiss", args=[event.pk]), {"version": 1, "reason": "hanya latihan saja"})

    assert answer.status_code == 409
    assert "petugas lain" in words(answer)
    assert "hanya latihan saja" in answer.content.decode()
    assert Event.objects.get().state == "confirmed"


def test_a_dismissal_without_a_reason_is_refused_on_the_page(desk, event):
    answer = desk.post(reverse("event_dismiss", args=[event.pk]), {"version": 1, "reason": ""})

    assert answer.status_code == 422
    assert Event.objects.get().state == "proposed"


def correction(**other):
    return {"version": 1, "title": "Pelintas batas", "place": "Desa Silawan, Kec. Tasifeto Timur, Kab. Belu, NTT", "first": "2026-03-03", "precision": "day", "persons": "7", "reason": "dihitung ulang", **other}  # fmt: skip


def test_correcting_on_the_page(desk, event):
    desk.post(reverse("event_correct", args=[event.pk]), correction(last="2026-03-04"))

    event.refresh_from_db()
    assert (event.persons, str(event.happened_to), event.place_id, event.version) == (7, "2026-03-05", 5, 2)


def test_a_correction_to_an_ambiguous_place_is_asked(desk, event):
    asked = desk.post(reverse("event_correct", args=[event.pk]), correction(place="Kupang"))
    assert asked.status_code == 422
    assert 'value="53.71"' in asked.content.decode()

    desk.post(
        reverse("event_correct", args=[event.pk]), correction(place="Kupang", place_asked="Kupang", place_code="53.71")
    )
    assert Event.objects.get().place.code == "53.71"


def test_a_correction_into_the_future_is_refused_beside_its_field(desk, event):
    answer = desk.post(reverse("event_correct", args=[event.pk]), correction(first="2097-03-03"))

    assert answer.status_code == 422
    assert "belum tiba" in words(answer)
    assert Event.objects.get().version == 1


def test_correcting_an_open_place_may_leave_it_open(desk, told, reading_of, crossing):
    (event,) = told("Di Kupang.", reading_of(crossing(place=("53.71", "53.01"))))

    desk.post(reverse("event_correct", args=[event.pk]), correction(place=""))

    event.refresh_from_db()
    assert (event.place, event.place_open, event.persons) == (None, ["53.71", "53.01"], 7)


def test_classifying_and_withdrawing_on_the_page(desk, event):
    desk.post(reverse("event_classify", args=[event.pk]), {"version": 1, "kind": "TPPO", "reason": "ada calo"})
    mine = event.classifications.get(kind="TPPO")

    answer = desk.post(
        reverse("classification_withdraw", args=[event.pk]),
        {"version": 2, "classification": mine.pk, "reason": "keliru"},
        follow=True,
    )

    assert "dicabut: keliru" in words(answer)
    mine.refresh_from_db()
    assert mine.withdrawn_at is not None


def test_a_classification_of_another_event_cannot_be_withdrawn_here(desk, event, told, reading_of, crossing):
    (other,) = told("Di Serang.", reading_of(crossing(place="36.73")))
    foreign = other.classifications.get()

    desk.post(
        reverse("classification_withdraw", args=[event.pk]), {"version": 1, "classification": foreign.pk, "reason": "x"}
    )

    foreign.refresh_from_db()
    assert foreign.withdrawn_at is None


def test_a_doubt_is_shown_with_its_reasons_answered_and_undone(desk, event, told, reading_of, crossing):
    (other,) = told("Dua belas orang.", reading_of(crossing(persons=12)), later_h=1)
    page = desk.get(reverse("event_detail", args=[other.pk]))
    assert "Mungkin kejadian yang sama" in words(page)
    assert "wilayahnya sama; harinya sama; jumlahnya berbeda" in words(page)

    desk.post(reverse("doubt_answer", args=[other.pk]), {"doubt": JoinDoubt.objects.get().pk, "answer": "same"})
    other.refresh_from_db()
    assert other.merged_into_id == event.pk

    ((merge, _absorbed),) = desk.get(reverse("event_detail", args=[event.pk])).context["merges"]
    desk.post(reverse("merge_undo", args=[event.pk]), {"merge": merge.pk})
    other.refresh_from_db()
    assert other.state == "proposed"


def test_a_merged_event_leads_to_where_it_went(desk, event, told, reading_of, crossing):
    (other,) = told("Dua belas orang.", reading_of(crossing(persons=12)), later_h=1)
    desk.post(reverse("event_merge", args=[event.pk]), {"version": 1, "other": other.number, "reason": "sama"})

    answer = desk.get(reverse("event_detail", args=[other.pk]))

    assert answer.url == reverse("event_detail", args=[event.pk])


def test_splitting_on_the_page(desk, event, told, reading_of, crossing):
    told("Kata warga lima orang.", reading_of(crossing()), later_h=1)
    link = event.evidence.order_by("linked_at").last()

    desk.post(reverse("event_split", args=[event.pk]), {"version": 1, "evidence": [str(link.pk)], "reason": "lain"})

    assert Event.objects.count() == 2


def test_an_officer_who_only_looks_sees_no_forms_and_cannot_decide(client, officer_of, event):
    client.force_login(officer_of("kanim-atambua", role="post_officer"))

    assert "Konfirmasi kejadian" not in words(client.get(reverse("event_detail", args=[event.pk])))
    assert client.post(reverse("event_confirm", args=[event.pk]), {"version": 1}).status_code == 403


def test_history_tells_who_held_what(desk, event, analyst, now):
    dismiss(event=event, version=1, by=analyst, at=now, reason="hanya latihan")

    page = words(desk.get(reverse("event_detail", args=[event.pk])))

    assert "hanya latihan" in page
    assert "Petugas kanim-atambua" in page
    assert "pembacaan mesin" in page


# --- adding what the reader missed ---


def addition(**other):
    return {"kind": "GDS.BBM", "second_kind": "", "third_kind": "", "place": "Desa Tulakadi, Kec. Tasifeto Timur, Kab. Belu, NTT", "first": "2026-03-02", "last": "", "precision": "day", "persons": "", "reason": "alinea terakhir", **other}  # fmt: skip


@pytest.fixture
def adding(desk, event):
    """Send the form of the report behind `event`."""

    def send(**other):
        return desk.post(reverse("event_add", args=[Report.objects.get().pk]), addition(**other))

    return send


def test_adding_an_event_on_the_page_of_its_report(desk, adding):
    answer = adding(second_kind="RESP.RAKOR", last="2026-03-03", persons="4")

    added = Event.objects.get(title="Penyelundupan BBM di Desa Tulakadi, 4 orang")
    assert answer.url == reverse("event_detail", args=[added.pk])
    page = words(desk.get(answer.url))
    assert f"Kejadian ditambahkan sebagai usulan {added.number}" in page
    assert "keputusan petugas: alinea terakhir" in page
    assert added.title in words(desk.get(reverse("report_detail", args=[Report.objects.get().pk])))


def test_the_event_page_leads_to_the_form_with_which_one_proposal_becomes_two(desk, event):
    report = Report.objects.get()
    page = desk.get(reverse("event_detail", args=[event.pk])).content.decode()
    (address,) = re.findall(r'href="([^"]*tambah[^"]*)"', page)

    assert address == reverse("report_detail", args=[report.pk]) + "?tambah=1#tambah"
    assert re.search(r'id="tambah">\s*<details open>', desk.get(address).content.decode())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": ""}, "tidak boleh kosong"),
        ({"kind": "PILK.UANG"}, "pilihan yang valid"),
        ({"second_kind": "GDS.BBM"}, "dipilih dua kali"),
        ({"first": ""}, "Isi tanggalnya"),
        ({"first": "2097-03-02"}, "belum tiba"),
        ({"first": "kemarin"}, "tanggal"),
        ({"last": "2026-03-01"}, "berakhir sebelum dimulai"),
        ({"persons": "-2"}, "lebih besar"),
        ({"reason": ""}, "tidak boleh kosong"),
        ({"place": "Qwxzv Jjkkq"}, "Tidak ada wilayah"),
    ],
)
def test_a_form_that_is_wrong_stays_open_and_keeps_what_was_typed(adding, wrong, said):
    answer = adding(**wrong)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert said.lower() in words(answer).lower()
    assert "<details open><summary><h2>Tambah kejadian" in html
    for name, value in addition(**wrong).items():
        assert answer.context["form"][name].value() == value
    assert Event.objects.count() == 1


def test_an_ambiguous_place_is_asked_and_may_be_left_open(desk, adding):
    asked = adding(place="Kupang")
    assert asked.status_code == 422
    assert 'value="53.71"' in asked.content.decode()
    assert "Tidak tahu pasti" not in words(asked)

    adding(place="Kupang", place_asked="Kupang", place_code="53.71")
    adding(place="")
    assert list(Event.objects.filter(classifications__kind="GDS.BBM").values_list("place", flat=True)) == [None, 8]


def test_the_same_event_sent_twice_is_told_which_one_is_there(adding):
    adding()
    first = Event.objects.get(classifications__kind="GDS.BBM")

    answer = adding()

    assert answer.status_code == 409
    assert first.number in words(answer)
    assert answer.context["form"]["reason"].value() == "alinea terakhir"
    assert Event.objects.count() == 2


def test_another_agency_cannot_tell_a_report_to_add_to_from_none(event, stranger):
    refused = stranger.post(reverse("event_add", args=[Report.objects.get().pk]), addition())
    absent = stranger.post(reverse("event_add", args=["01920000-0000-7000-8000-000000000000"]), addition())

    assert refused.status_code == absent.status_code == 404
    assert words(refused) == words(absent)


def test_who_only_looks_is_offered_no_form_and_cannot_add(client, officer_of, event):
    client.force_login(officer_of("kanim-atambua", role="post_officer"))
    report = Report.objects.get()

    assert "Tambah kejadian" not in words(client.get(reverse("report_detail", args=[report.pk])))
    assert "memuat kejadian lain" not in words(client.get(reverse("event_detail", args=[event.pk])))
    assert client.post(reverse("event_add", args=[report.pk]), addition()).status_code == 403


def test_a_supervisor_who_adds_is_told_whose_report_it_is(client, agency_of, officer_of, event):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    client.force_login(officer_of("kanwil-im-ntt", level="province"))
    report = Report.objects.get()
    address = reverse("report_detail", args=[report.pk])

    assert "Tambah kejadian" not in words(client.get(address))
    answer = client.post(reverse("event_add", args=[report.pk]), addition())
    assert answer.status_code == 422
    assert "Mintalah petugasnya" in words(answer)


def test_no_form_stands_on_a_page_that_loads_itself_again(desk, gazetteer_rows, kinds):
    desk.post(reverse("report_new"), {"text": "Lima orang menyeberang."})
    address = reverse("report_detail", args=[Report.objects.get().pk])

    assert "Tambah kejadian" not in words(desk.get(address))
    OutboxRow.objects.update(state="failed")
    assert "Tambah kejadian" in words(desk.get(address))


def test_what_was_typed_while_the_machine_reads_is_not_loaded_away(desk, gazetteer_rows, kinds):
    desk.post(reverse("report_new"), {"text": "Lima orang menyeberang."})

    answer = desk.post(reverse("event_add", args=[Report.objects.get().pk]), addition(reason=""))

    assert "Refresh" not in answer
    assert answer.context["form"]["place"].value() == addition()["place"]


@pytest.mark.parametrize(
    ("language", "heading", "link"),
    [
        ("id", "Tambah kejadian dari laporan ini", "Tambah kejadian lain dari laporan ini"),
        ("en", "Add an event from this report", "Add another event from this report"),
    ],
)
def test_adding_works_in_both_languages(desk, adding, event, language, heading, link):
    desk.cookies["django_language"] = language

    assert heading in words(desk.get(reverse("report_detail", args=[Report.objects.get().pk])))
    assert link in words(desk.get(reverse("event_detail", args=[event.pk])))
    assert adding(reason="").status_code == 422
    assert adding().status_code == 302
    assert adding().status_code == 409


# --- the list ---


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 2),
        ({"state": "confirmed"}, 0),
        ({"kind": "IM.CROSSER"}, 1),
        ({"kind": "TPPO"}, 1),
        ({"place": "Kabupaten Belu"}, 1),
        ({"place": "Qwxzv Jjkkq"}, 0),
        ({"first": "2026-03-04"}, 0),
        ({"last": "2026-03-03"}, 2),
        ({"q": "0001"}, 1),
    ],
)
def test_the_filters_of_the_list(desk, event, told, reading_of, crossing, filters, count):
    told("Di Serang.", reading_of(crossing(place="36.73", kinds=("TPPO",))))

    assert desk.get(reverse("event_list"), filters).context["page"].paginator.count == count


def test_the_list_asks_the_database_as_often_for_thirty_events_as_for_three(
    desk, told, reading_of, crossing, django_assert_max_num_queries
):
    for n in range(30):
        told(f"Laporan {n}.", reading_of(crossing(persons=n, place="36.73" if n % 2 else "53.71")))

    with django_assert_max_num_queries(22):
        answer = desk.get(reverse("event_list"))
    assert len(answer.context["rows"]) == 25


def test_pages_stay_small(desk, told, reading_of, crossing):
    events = told("Lima orang. " * 1500, reading_of(crossing()))

    for address in (
        reverse("event_list"),
        reverse("event_detail", args=[events[0].pk]),
        reverse("report_detail", args=[Report.objects.get().pk]),
    ):
        assert len(desk.get(address).content) < 150_000


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_work_in_both_languages(desk, event, language):
    desk.cookies["django_language"] = language

    assert desk.get(reverse("event_detail", args=[event.pk])).status_code == 200
    assert desk.get(reverse("event_list")).status_code == 200


@pytest.mark.parametrize(("role", "is_offered"), [("case_officer", True), ("analyst", False)])
def test_who_acts_on_cases_is_led_from_a_confirmed_event_to_a_new_one(role, is_offered, client, event, officer_of):
    Event.objects.filter(pk=event.pk).update(state="confirmed")
    client.force_login(officer_of(role=role, username=f"pembuka-{role}"))

    page = client.get(reverse("event_detail", args=[event.pk])).content.decode()

    assert (f'href="/perkara/baru/?event={event.pk}"' in page) == is_offered
