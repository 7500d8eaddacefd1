"""An overseer finds rows of the trail by what people call a record or an agency, and takes the table along."""

import csv

import pytest
from django.urls import reverse

from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event
from kentongan.oversight import queries, trail_table

NUMBER = "KJD/kanim-atambua/2026/0012"
PAGE = "https://kentongan.test/kejadian/{}/"


@pytest.fixture
def overseer(actor_of):
    return actor_of("kanim-atambua", role="overseer", parent="kanwil-im-ntt")


def found(overseer, now, **wanted) -> list[str]:
    rows = queries.asked_of(overseer, queries.Wanted(**wanted), at=now)
    return list(rows.order_by("pk").values_list("subject", flat=True))


def test_rows_are_found_by_the_number_of_an_own_record(overseer, actor_of, event_of, look, now):
    event = event_of(number=NUMBER)
    look(actor_of("polres-belu", kind="police"), event.ref, at=now)
    look(actor_of("kanim-atambua"), event_of().ref, at=now)

    assert found(overseer, now, subject=f" {NUMBER} ") == [event.ref]


@pytest.mark.parametrize("below", ["", "siapa-melihat-ini/", "?dari=daftar"])
def test_rows_are_found_by_the_address_of_the_records_page(overseer, actor_of, event_of, look, now, below):
    event, analyst = event_of(), actor_of("kanim-atambua")
    look(analyst, event.ref, at=now)
    look(analyst, event_of().ref, at=now)

    assert found(overseer, now, subject=PAGE.format(event.pk) + below) == [event.ref]


def test_the_number_of_anothers_record_answers_as_one_that_nobody_gave(signed_in, actor_of, event_of, look, now):
    event_of("polres-belu", number=NUMBER)
    look(actor_of("kanim-atambua"), Event.objects.get().ref, at=now)
    window = signed_in()
    window.get(reverse("trail_list"))

    pages = [window.get(reverse("trail_list"), {"subject": asked}) for asked in (NUMBER, "KJD/none-at-all/2026/0")]

    assert [page.status_code for page in pages] == [200, 200]
    assert [len(page.context["rows"]) for page in pages] == [0, 0]
    one, other = (page.content.decode().replace("KJD/none-at-all/2026/0", NUMBER) for page in pages)
    assert one.split("<main", 1)[1] == other.split("<main", 1)[1]


def test_a_foreign_overseer_finds_no_own_protected_record_by_its_number(actor_of, event_of, look, now):
    foreign = actor_of("pntl-bobonaro", role="overseer", kind="foreign_police", country="TL")
    own = event_of("pntl-bobonaro", handling="protected", origins=["XX"], number=NUMBER)
    look(actor_of("pntl-bobonaro", kind="foreign_police", country="TL"), own.ref, at=now)

    assert found(foreign, now, subject=NUMBER) == []


@pytest.mark.parametrize("said", ["kanim-atambua", "kantor imigrasi atambua", "Imigrasi Atambua"])
def test_rows_are_found_by_the_name_of_an_agency(overseer, actor_of, event_of, agency_of, look, now, said):
    agency_of("kanim-atambua").names.create(name="Kantor Imigrasi Atambua")
    look(actor_of("kanim-atambua"), "event:1", at=now)
    look(actor_of("polres-belu", kind="police"), event_of().ref, at=now)

    assert found(overseer, now, agency=said) == ["event:1"]


def test_the_table_that_leaves_holds_the_filtered_rows_and_is_a_row(signed_in, actor_of, look, now):
    analyst = actor_of("kanim-atambua")
    look(analyst, "event:1", at=now, reasons=["=2+2"])
    look(analyst, "event:2", at=now)

    answer = signed_in().get(reverse("trail_export"), {"subject": "event:1"})
    head, *rows = csv.reader(answer.content.decode().splitlines())
    left = TrailRow.objects.get(event=Trail.RECORDS_EXPORTED)

    assert answer["Content-Disposition"].startswith('attachment; filename="jejak-')
    (told,) = (dict(zip(head, row, strict=True)) for row in rows)
    assert (told["rujukan_catatan"], told["keputusan_gerbang"]) == ("event:1", "'=2+2")
    assert left.facts == {"category": "trail", "filters": {"subject": "event:1"}, "rows": 1}


def test_the_table_that_leaves_holds_no_more_than_the_page_shows(signed_in, actor_of, event_of, look, now):
    look(actor_of("polres-belu", kind="police"), "event:1", at=now)
    theirs = event_of("polres-belu").ref
    look(actor_of("kanim-atambua"), theirs, at=now, event=Trail.ACCESS_REFUSED, reasons=["absent"])

    text = signed_in().get(reverse("trail_export"), {"purpose": "prevention"}).content.decode()

    assert "event:1" not in text
    assert "catatan itu tidak ada" not in text
    assert len(text.splitlines()) == 2


def test_a_table_holds_the_newest_rows_and_no_more_than_said(signed_in, actor_of, look, now, monkeypatch):
    monkeypatch.setattr(trail_table, "MOST", 2)
    analyst = actor_of("kanim-atambua")
    for number in range(3):
        look(analyst, f"event:{number}", at=now)

    text = signed_in().get(reverse("trail_export"), {"purpose": "prevention"}).content.decode()

    assert [f"event:{number}" in text for number in range(3)] == [False, True, True]


def test_a_table_of_a_filter_that_makes_no_sense_does_not_leave(signed_in):
    assert signed_in().get(reverse("trail_export"), {"first": "besok"}).status_code == 400
    assert not TrailRow.objects.filter(event=Trail.RECORDS_EXPORTED).exists()
