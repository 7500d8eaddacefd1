"""A Laporan Informasi holds what is released of an event, and nobody's identity."""

import pytest
from django.utils import timezone, translation

from kentongan.agreements.models import Grant
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event

TITLE = "Lima orang lewat jalan tikus"


@pytest.fixture
def held(event):
    """A confirmed event on two days of March."""
    Event.objects.filter(pk=event.pk).update(
        title=TITLE, happened_from="2026-03-02", happened_to="2026-03-04", precision="day", persons=5, source_grade="B2", place=5
    )  # fmt: skip
    return Event.objects.get(pk=event.pk)


@pytest.fixture
def form_of(client, officer_of, held):
    """Print it as an officer: `form_of("kanim-atambua", role="analyst")`."""

    def make(agency="kanim-atambua", *, role="analyst", **more):
        officer = officer_of(agency, role=role, username=f"cetak-{agency}-{role}", **more)
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return client.get(f"/kejadian/{held.pk}/laporan-informasi/")

    return make


def test_it_says_what_when_where_and_how_sure_in_indonesian_whatever_the_page_speaks(form_of, held, client):
    client.cookies["django_language"] = "en"

    page = form_of().content.decode()

    assert TITLE in page
    assert "Senin, 2 Maret 2026 – Selasa, 3 Maret 2026" in page
    assert "Silawan" in page
    assert "<dd>B2</dd>" in page
    assert page.count("PENANGANAN: TERBATAS") == 2
    assert "DATA SIMULASI" not in page


def test_the_print_is_in_the_trail_as_an_export(form_of, held):
    form_of()

    row = TrailRow.objects.get(event="records.exported")
    assert (row.subject, row.facts) == (held.ref, {"form": "laporan_informasi", "as": "print", "rows": 1})


def test_a_simulated_event_says_so_across_and_in_the_head(form_of, held):
    Event.objects.filter(pk=held.pk).update(is_simulated=True)

    assert form_of().content.decode().count("DATA SIMULASI") == 3


def test_neither_the_report_nor_who_received_it_nor_why_it_was_alleged_is_on_the_form(form_of, held, told):
    page = form_of().content.decode()

    report = held.evidence.get().report
    kept_out = [report.text, report.received_by, *held.classifications.values_list("why", flat=True)]
    assert all(kept_out)
    assert [said for said in kept_out if said in page] == []
    assert "Identitas pelapor, korban dan orang lain tidak dimuat" in page


def test_to_another_agency_the_form_is_absent_and_nothing_is_noted_as_exported(form_of):
    assert form_of("polres-belu", kind="police").status_code == 404
    assert not TrailRow.objects.filter(event="records.exported").exists()


def test_what_a_grant_does_not_release_is_not_printed(form_of, held, agency_of):
    Grant.objects.create(
        category="events", record=held.pk, agency=agency_of("polres-belu", kind="police"), fields=["kind", "time"],
        valid_from=timezone.now(), cause=Grant.Cause.ADDRESS, because="alert:uji",
    )  # fmt: skip

    page = form_of("polres-belu").content.decode()

    assert "2 Maret 2026" in page
    assert TITLE not in page
    assert "Silawan" not in page


def test_the_page_of_the_event_leads_to_the_form(form_of, held, client):
    form_of()

    with translation.override("id"):
        assert f"/kejadian/{held.pk}/laporan-informasi/" in client.get(f"/kejadian/{held.pk}/").content.decode()
