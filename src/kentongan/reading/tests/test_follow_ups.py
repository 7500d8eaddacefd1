"""Follow-ups: what is still to be done, told from what somebody was up to."""

from datetime import date

import pytest

from kentongan.reading.dates import find_dates
from kentongan.reading.follow_ups import find_follow_ups
from kentongan.reading.model import AgencyMention, FollowUp
from kentongan.reading.text import document


def read(text: str, **agencies: str) -> tuple[FollowUp, ...]:
    doc = document(text)
    mentions = []
    for key, agency_id in agencies.items():
        start = text.index(key.replace("_", " "))
        name = key.replace("_", " ")
        mentions.append(AgencyMention(doc.evidence(start, start + len(name), 0.9, "test"), agency_id, name, "other"))
    return find_follow_ups(doc, mentions, find_dates(doc), ())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Dinas Contoh akan memperbaiki pos itu.", "plan"),
        ("Kepala dinas meminta warga melapor.", "request"),
        ("Dinas Contoh berkomitmen menjaga pos itu.", "commitment"),
        ("Kasus itu masih diselidiki.", "in_progress"),
        ("Kedua lembaga sepakat menambah patroli.", "agreed"),
        ("Dinas Contoh mengusulkan penambahan petugas.", "proposal"),
    ],
)
def test_each_kind_of_follow_up_is_told_by_its_words(text: str, kind: str) -> None:
    assert [found.kind for found in read(text)] == [kind]


def test_what_the_suspects_meant_to_do_is_no_plan() -> None:
    assert read("Barang itu akan dibawa ke seberang. Mereka akan berangkat malam hari.") == ()


def test_the_subject_acts_and_a_request_goes_to_whom_it_names() -> None:
    (plan,) = read("Dinas Satu akan memperbaiki pos itu.", Dinas_Satu="1")
    (request,) = read("Dinas Satu meminta Dinas Dua memeriksa pos itu.", Dinas_Satu="1", Dinas_Dua="2")

    assert (plan.by, request.by) == (("1",), ("2",))


def test_a_day_to_come_is_the_due_day() -> None:
    (found,) = read("Dinas Contoh akan memperbaiki pos itu pada 5 Mei 2026.")

    assert found.due == date(2026, 5, 5)
