"""The pages by which reports come in: what was typed stays, what is wrong is said, what is ambiguous is asked."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from kentongan.audit.models import TrailRow
from kentongan.intake.models import Report


@pytest.fixture
def signed_in(client, officer_of, gazetteer_rows):
    """Sign an officer in: `signed_in(role="reporter")` gives the client."""

    def make(agency="kanim-atambua", *, role="analyst", **more):
        client.force_login(officer_of(agency, role=role, **more))
        return client

    return make


def today():
    return timezone.localdate()


def page_text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_pasted_report_is_received_and_its_page_follows(signed_in):
    answer = signed_in().post(
        reverse("report_new"), {"text": "Lima orang menyeberang.\r\nDi Silawan.", "source": "pelapor"}
    )

    report = Report.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("report_detail", args=[report.pk])
    assert (report.channel, report.text) == ("paste", "Lima orang menyeberang.\nDi Silawan.")


def test_a_wrong_report_is_refused_with_the_reason_and_keeps_what_was_typed(signed_in):
    next_year = today().replace(day=1) + timedelta(days=400)

    answer = signed_in().post(
        reverse("report_new"), {"text": "Lima orang menyeberang.", "published_on": next_year.isoformat()}
    )

    assert answer.status_code == 422
    assert "belum tiba" in page_text(answer)
    assert "Lima orang menyeberang." in answer.content.decode()
    assert not Report.objects.exists()


def test_an_uploaded_pdf_named_txt_is_read_as_the_pdf_it_is(signed_in, pdf):
    file = SimpleUploadedFile("laporan.txt", pdf("Lima orang menyeberang."), content_type="text/plain")

    signed_in().post(reverse("report_new"), {"file": file})

    report = Report.objects.get()
    assert (report.text, report.media_type, report.filename) == (
        "Lima orang menyeberang.",
        "application/pdf",
        "laporan.txt",
    )
    assert bytes(report.original).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\x00\xff" * 50, "biner"), (b"   ", "kosong"), (b"\x89PNG\r\n\x1a\n12345", "PNG")],
)
def test_a_file_that_is_no_text_is_refused_by_its_real_name(signed_in, content, said):
    answer = signed_in().post(reverse("report_new"), {"file": SimpleUploadedFile("a.txt", content)})

    assert answer.status_code == 422
    assert said in page_text(answer)


def test_neither_text_nor_file_and_both_are_refused(signed_in):
    client = signed_in()

    neither = client.post(reverse("report_new"), {"text": "  "})
    both = client.post(
        reverse("report_new"), {"text": "Lima orang", "file": SimpleUploadedFile("a.txt", b"Lima orang")}
    )

    assert "kosong" in page_text(neither)
    assert "salah satu" in page_text(both)


def test_the_same_report_twice_leads_to_the_one_that_is_kept(signed_in):
    client = signed_in()
    first = client.post(reverse("report_new"), {"text": "Lima orang menyeberang."})

    again = client.post(reverse("report_new"), {"text": "Lima orang menyeberang."})

    assert again.url == first.url
    assert Report.objects.count() == 1


def test_a_role_that_may_not_report_is_refused(signed_in):
    assert signed_in(role="leader").get(reverse("report_new")).status_code == 403


def test_nobody_reports_without_signing_in(client, db):
    assert client.get(reverse("report_field")).status_code == 302


# --- from the field ---


def field_report(**other):
    return {
        "what": "Lima orang lewat jalan tikus.",
        "place": "Silawan, Tasifeto Timur, Belu",
        "on": today().isoformat(),
        "how_many": "5",
        **other,
    }


def test_a_field_report_is_one_page_without_script(signed_in):
    answer = signed_in(role="reporter").get(reverse("report_field"))

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<script" not in html
    assert 'type="date"' in html


def test_a_name_with_a_typing_error_is_resolved_when_it_is_clear(signed_in):
    signed_in(role="village_official").post(
        reverse("report_field"), field_report(place="Desa Silawan, Kec. Tasifeto Timur")
    )

    report = Report.objects.get()
    assert report.place.code == "53.04.02.2001"
    assert "Tempat: Desa Silawan, Kec. Tasifeto Timur, Kab. Belu" in report.text
    assert "Jumlah: 5 orang" in report.text
    assert (report.covers_from, report.channel) == (today(), "field_form")


def test_an_ambiguous_name_is_asked_and_the_answer_is_taken(signed_in):
    client = signed_in(role="reporter")

    asked = client.post(reverse("report_field"), field_report(place="Kupang"))
    assert asked.status_code == 422
    html = asked.content.decode()
    assert 'value="53.71"' in html
    assert 'value="53.01"' in html
    assert "Lima orang lewat jalan tikus." in html
    assert not Report.objects.exists()

    client.post(reverse("report_field"), field_report(place="Kupang", place_asked="Kupang", place_code="53.71"))
    assert Report.objects.get().place.code == "53.71"


def test_who_is_not_sure_may_leave_the_place_open(signed_in):
    signed_in(role="reporter").post(
        reverse("report_field"), field_report(place="Kupang", place_asked="Kupang", place_code="?")
    )

    report = Report.objects.get()
    assert report.place is None
    assert "Tempat: Kupang" in report.text


def test_an_answer_to_another_name_is_asked_again(signed_in):
    answer = signed_in(role="reporter").post(
        reverse("report_field"), field_report(place="Kupang", place_asked="Serang", place_code="36.73")
    )

    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_a_place_that_is_not_there_is_said_so(signed_in):
    answer = signed_in(role="reporter").post(reverse("report_field"), field_report(place="Qwxzv Jjkkq"))

    assert "Tidak ada wilayah" in page_text(answer)


def test_a_day_to_come_is_refused_beside_its_field(signed_in):
    answer = signed_in(role="reporter").post(
        reverse("report_field"), field_report(on=(today() + timedelta(days=3)).isoformat())
    )

    assert answer.status_code == 422
    assert "sesudah hari ini" in page_text(answer)


# --- nothing to report ---


def test_a_nil_report_speaks_of_a_village_and_a_period(signed_in):
    first = today() - timedelta(days=6)

    signed_in(role="village_official").post(
        reverse("report_nil"),
        {"place": "Silawan, Tasifeto Timur, Belu", "first": first.isoformat(), "last": today().isoformat()},
    )

    report = Report.objects.get()
    assert (report.is_nil, report.place.name) == (True, "Silawan")
    assert (report.covers_from, report.covers_to) == (first, today() + timedelta(days=1))


def test_a_nil_report_of_a_district_is_refused(signed_in):
    answer = signed_in(role="reporter").post(
        reverse("report_nil"),
        {
            "place": "Kota Serang",
            "place_code": "36.73",
            "place_asked": "Kota Serang",
            "first": today(),
            "last": today(),
        },
    )

    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_the_same_period_twice_is_one_nil_report(signed_in):
    client = signed_in(role="reporter")
    sent = {"place": "Silawan, Tasifeto Timur, Belu", "first": today().isoformat(), "last": today().isoformat()}

    client.post(reverse("report_nil"), sent)
    client.post(reverse("report_nil"), sent)

    assert Report.objects.count() == 1


# --- many at once ---


def table(bad=()):
    rows = [f"Laporan nomor {n} dari desa.,{'kemarin dulu' if n in bad else '2026-03-03'}" for n in range(1, 101)]
    return SimpleUploadedFile("laporan.csv", "\n".join(["teks,terbit", *rows]).encode())


def test_three_bad_rows_of_a_hundred_refuse_the_file_and_name_the_rows(signed_in):
    answer = signed_in().post(reverse("report_import"), {"file": table(bad=(10, 50, 90))})

    assert answer.status_code == 422
    assert [fault.row for fault in answer.context["faults"]] == [11, 51, 91]
    assert not Report.objects.exists()


def test_the_good_rows_are_kept_when_asked_and_the_bad_ones_come_back_as_a_file(signed_in):
    client = signed_in()

    answer = client.post(reverse("report_import"), {"file": table(bad=(10, 50, 90)), "skip_bad": "on"})
    assert Report.objects.count() == 97

    back = client.post(reverse("report_import_bad"), {"rows": answer.context["bad_rows"]})
    assert back["Content-Disposition"].startswith("attachment")
    assert len(back.content.decode().splitlines()) == 4


def test_a_chat_becomes_one_report_a_burst(signed_in):
    chat = "13/03/25 10.15 - Ani: Lima orang lewat\n13/03/25 10.16 - Ani: di Silawan\n13/03/25 12.00 - Ani: Nihil"

    signed_in().post(reverse("report_import"), {"file": SimpleUploadedFile("chat.txt", chat.encode())})

    assert sorted(Report.objects.values_list("channel", "text")) == [
        ("chat", "Lima orang lewat\ndi Silawan"),
        ("chat", "Nihil"),
    ]


# --- the list ---


def test_the_list_shows_own_reports_and_is_in_the_trail(signed_in):
    client = signed_in()
    client.post(reverse("report_new"), {"text": "Lima orang menyeberang."})

    answer = client.get(reverse("report_list"), {"q": "menyeberang"})

    assert "Lima orang menyeberang." in page_text(answer)
    assert TrailRow.objects.filter(event="records.searched").count() == 1


def test_another_agency_sees_no_trace_in_the_list(signed_in, client):
    signed_in().post(reverse("report_new"), {"text": "Lima orang menyeberang."})

    answer = signed_in("polres-belu", kind="police").get(reverse("report_list"))

    assert answer.context["page"].paginator.count == 0
    assert "menyeberang" not in page_text(answer)


@pytest.mark.parametrize(
    ("filters", "count"),
    [({"kind": "nil"}, 0), ({"channel": "paste"}, 30), ({"last": "2020-01-01"}, 0), ({"first": "kapan"}, 30)],
)
def test_the_filters_leave_what_they_say_and_nonsense_filters_nothing(signed_in, filters, count):
    client = signed_in()
    for n in range(30):
        client.post(reverse("report_new"), {"text": f"Laporan nomor {n}."})

    assert client.get(reverse("report_list"), filters).context["page"].paginator.count == count


def test_the_list_asks_the_database_as_often_for_thirty_reports_as_for_three(signed_in, django_assert_max_num_queries):
    client = signed_in()
    for n in range(30):
        client.post(reverse("report_new"), {"text": f"Laporan nomor {n}."})

    with django_assert_max_num_queries(20):
        client.get(reverse("report_list"))


@pytest.mark.parametrize(
    "days", ["first=0001-01-01", "last=9999-12-31", "first=2026-12-01&last=2026-01-01", "first=kemarin"]
)
def test_days_that_nobody_can_mean_do_not_break_the_list(signed_in, days):
    assert signed_in().get(f"/laporan/?{days}").status_code == 200


def test_a_nil_report_of_the_end_of_the_calendar_is_refused(signed_in):
    answer = signed_in().post("/laporan/nihil/", {"place": "Silawan", "first": "9999-12-31", "last": "9999-12-31"})

    assert answer.status_code == 422
