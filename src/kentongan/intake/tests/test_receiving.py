"""Receiving: as sent, once, with purpose, legal basis and retention; refused with every reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import NotVisible, RoleMayNotAct, fetch
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.intake.actions import (
    BatchRefused,
    KeyUsedForOther,
    raise_handling,
    receive,
    receive_all,
    receive_good_ones,
    retention_end,
)
from kentongan.intake.drafts import DraftRefused, NumberedDraft, RowFault
from kentongan.intake.legal_bases import UnknownPurpose
from kentongan.intake.models import Report


@pytest.fixture
def reporter(actor_of, gazetteer_rows):
    return actor_of("kanim-atambua", role="reporter")


def codes(refusal):
    return {(fault.field, fault.code) for fault in refusal.value.faults}


def test_a_report_is_kept_exactly_as_sent_with_what_protects_it(draft, reporter, now):
    sent = draft(" Lima orang\n\nmenyeberang. ", source="pelapor", address="https://kabar.example/1")

    report = receive(draft=sent, by=reporter, at=now).report

    report.refresh_from_db()
    assert report.text == " Lima orang\n\nmenyeberang. "
    assert (report.owner_id, report.handling, report.purpose) == ("kanim-atambua", "personal", "prevention")
    assert "UU 6/2011" in report.legal_basis
    assert report.retain_until == date(2031, 3, 4)
    assert report.received_by == reporter.ref


def test_receiving_leaves_one_row_in_the_trail_and_one_in_the_outbox(draft, reporter, now):
    report = receive(draft=draft(), by=reporter, at=now).report

    assert TrailRow.objects.get().event == "report.received"
    assert "menyeberang" not in str(TrailRow.objects.get().facts)
    assert (OutboxRow.objects.get().topic, OutboxRow.objects.get().ref) == ("report.received", report.ref)


def test_the_same_text_again_is_the_same_report(draft, reporter, now):
    first = receive(draft=draft("Lima orang  menyeberang."), by=reporter, at=now)

    again = receive(draft=draft("Lima orang\nmenyeberang. "), by=reporter, at=now)

    assert (first.is_new, again.is_new) == (True, False)
    assert again.report == first.report
    assert OutboxRow.objects.count() == 1
    assert TrailRow.objects.filter(event="report.received_again").count() == 1


def test_the_same_text_from_another_outlet_is_another_report(draft, reporter, now):
    receive(draft=draft(source="Kabar A"), by=reporter, at=now)

    assert receive(draft=draft(source="Kabar B"), by=reporter, at=now).is_new


def test_the_same_text_of_another_agency_is_its_own_report(draft, reporter, actor_of, now):
    receive(draft=draft(), by=reporter, at=now)

    assert receive(draft=draft(), by=actor_of("polres-belu", role="reporter", kind="police"), at=now).is_new


def test_a_key_that_came_before_answers_with_the_report_that_came_with_it(draft, reporter, now):
    first = receive(draft=draft(idempotency_key="k1"), by=reporter, at=now)

    again = receive(draft=draft(idempotency_key="k1"), by=reporter, at=now)

    assert (again.report, again.is_new) == (first.report, False)
    assert Report.objects.count() == 1


def test_a_key_that_came_before_with_another_text_is_refused_so_that_neither_is_lost(draft, reporter, now):
    receive(draft=draft(idempotency_key="k1"), by=reporter, at=now)

    with pytest.raises(KeyUsedForOther, match="k1"):
        receive(draft=draft("Sepuluh orang.", idempotency_key="k1"), by=reporter, at=now)

    assert Report.objects.count() == 1


def test_a_race_for_one_text_ends_with_one_report(draft, reporter, now, monkeypatch):
    """The other process commits between our look and our insert."""
    from kentongan.intake import actions

    first = receive(draft=draft(), by=reporter, at=now).report
    really_known, looks = actions._known, []

    def first_look_finds_nothing(sent, by):
        looks.append(sent)
        return None if len(looks) == 1 else really_known(sent, by)

    monkeypatch.setattr(actions, "_known", first_look_finds_nothing)

    again = receive(draft=draft(), by=reporter, at=now)

    assert (again.report, again.is_new) == (first, False)
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"text": ""}, ("text", "empty")),
        ({"text": " \n "}, ("text", "empty")),
        ({"text": "x" * 200_001}, ("text", "too_long")),
        ({"text": "aman\x00"}, ("text", "binary")),
        ({"title": "x" * 301}, ("title", "too_long")),
        ({"address": "javascript:alert(1)"}, ("address", "not_an_address")),
        ({"address": "https://[oops"}, ("address", "not_an_address")),
        ({"published_on": date(2027, 3, 4)}, ("published_on", "future")),
        ({"covers_from": date(2026, 3, 1), "covers_to": date(2026, 3, 9)}, ("covers_to", "future")),
        ({"covers_from": date(2026, 3, 2), "covers_to": date(2026, 3, 1)}, ("covers_to", "ends_before_start")),
        ({"is_nil": True}, ("place", "missing")),
        ({"is_nil": True, "place_id": 5}, ("covers_from", "missing")),
    ],
)
def test_a_draft_with_a_fault_is_refused_and_nothing_is_kept(draft, reporter, now, wrong, found):
    with pytest.raises(DraftRefused) as refusal:
        receive(draft=replace(draft(), **wrong), by=reporter, at=now)

    assert found in codes(refusal)
    assert not Report.objects.exists()
    assert not TrailRow.objects.exists()
    assert not OutboxRow.objects.exists()


def test_a_report_dated_next_year_is_told_so(draft, reporter, now):
    with pytest.raises(DraftRefused, match="belum tiba"):
        receive(draft=draft(published_on=date(2027, 3, 4)), by=reporter, at=now)


def test_the_day_that_has_begun_in_the_east_is_not_the_future(draft, reporter, now):
    late = now.replace(hour=15, minute=30)  # 00:30 of the next day in Jayapura and Dili

    assert receive(draft=draft(published_on=late.date() + timedelta(days=1)), by=reporter, at=late).is_new


def test_all_faults_are_told_at_once(draft, reporter, now):
    with pytest.raises(DraftRefused) as refusal:
        receive(draft=draft("", title="x" * 301, published_on=date(2027, 1, 1)), by=reporter, at=now)

    assert {field for field, _code in codes(refusal)} == {"text", "title", "published_on"}


def test_an_unknown_source_is_kept_as_written_and_makes_no_agency(draft, reporter, now):
    before = Agency.objects.count()

    report = receive(draft=draft(source="Dinas Karangan Belaka"), by=reporter, at=now).report

    assert report.source == "Dinas Karangan Belaka"
    assert Agency.objects.count() == before


def test_a_name_in_a_text_makes_no_person(draft, reporter, now):
    before = Officer.objects.count()

    receive(draft=draft("Budi Contoh membawa lima orang.", author="Ani Contoh"), by=reporter, at=now)

    assert Officer.objects.count() == before


def test_a_role_that_only_looks_sends_nothing(draft, actor_of, now):
    with pytest.raises(RoleMayNotAct):
        receive(draft=draft(), by=actor_of("kanim-atambua", role="leader"), at=now)


def test_a_purpose_without_a_legal_basis_receives_nothing(draft, reporter, now):
    with pytest.raises(UnknownPurpose):
        receive(draft=draft(), by=replace(reporter, purpose="curiosity"), at=now)


@pytest.mark.parametrize("missing", ["purpose", "legal_basis"])
def test_the_database_itself_refuses_a_report_without_purpose_or_basis(draft, reporter, now, missing):
    report = receive(draft=draft(), by=reporter, at=now).report

    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(**{missing: ""})
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(retain_until=None)


def test_what_is_received_on_a_leap_day_is_kept_until_the_first_of_march():
    assert retention_end(date(2028, 2, 29)) == date(2033, 3, 1)


def test_handling_is_raised_and_never_lowered(draft, reporter, now):
    report = receive(draft=draft(), by=reporter, at=now).report

    raise_handling(report=report, to="protected", origins=["MM"], by=reporter, at=now)
    raise_handling(report=report, to="open", by=reporter, at=now)

    report.refresh_from_db()
    assert (report.handling, report.origins) == ("protected", ["MM"])
    assert TrailRow.objects.filter(event="report.handling_raised").count() == 1


def test_another_agency_cannot_tell_the_report_from_one_that_is_not_there(draft, reporter, actor_of, now):
    report = receive(draft=draft(), by=reporter, at=now).report
    stranger = actor_of("polres-belu", kind="police")

    with pytest.raises(NotVisible) as refused:
        fetch(Report, report.pk, stranger, at=now)
    with pytest.raises(NotVisible) as absent:
        fetch(Report, "01920000-0000-7000-8000-000000000000", stranger, at=now)

    assert refused.value.message == absent.value.message


# --- batches ---


@pytest.fixture
def hundred(draft):
    """A hundred rows of which rows 11, 51 and 91 cannot be received."""
    bad = {11: {"text": " "}, 51: {"published_on": date(2027, 1, 1)}, 91: {"address": "ftp://x"}}
    return [
        NumberedDraft(row, replace(draft(f"Laporan ke-{row} dari desa."), **bad.get(row, {}))) for row in range(2, 102)
    ]


def test_three_bad_rows_of_a_hundred_keep_the_whole_batch_out_and_are_all_named(hundred, reporter, now):
    with pytest.raises(BatchRefused) as refusal:
        receive_all(drafts=hundred, by=reporter, at=now)

    assert [fault.row for fault in refusal.value.faults] == [11, 51, 91]
    assert not Report.objects.exists()
    assert not TrailRow.objects.exists()
    assert not OutboxRow.objects.exists()


def test_the_good_rows_are_kept_when_asked_and_the_bad_ones_are_named(hundred, reporter, now):
    outcome = receive_good_ones(drafts=hundred, faults=[RowFault(102, "baris", "rusak")], by=reporter, at=now)

    assert (outcome.new, [fault.row for fault in outcome.faults]) == (97, [11, 51, 91, 102])
    assert Report.objects.count() == 97
