"""A nota dinas holds what an alert asks; the minutes of a duty hand-over hold who, when, and what was open then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.access import actor_for
from kentongan.alerts import actions, duty_actions
from kentongan.alerts.models import Alert, DutyShift
from kentongan.audit.models import TrailRow

HOUR = timedelta(hours=1)


@pytest.fixture
def open_as(client):
    def make(officer, address):
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return client.get(address)

    return make


@pytest.mark.parametrize("who", ["sender", "analyst"])
def test_both_sides_print_what_is_asked_of_whom_until_when(who, raise_to_desk, desk, open_as):
    alert = raise_to_desk(is_urgent=True)

    page = open_as(desk[who], f"/peringatan/{alert.pk}/nota-dinas/").content.decode()

    assert Agency.objects.get(pk="polres-belu").name in page
    assert alert.number in page
    assert "Mohon dicek." in page
    assert "<dt>Sifat</dt><dd>Segera</dd>" in page
    assert "Rabu, 4 Maret 2026 pukul 10.00 WITA" in page
    row = TrailRow.objects.get(event="records.exported")
    assert (row.subject, row.facts["form"]) == (alert.ref, "nota_dinas")


def test_neither_who_raised_it_nor_what_was_said_on_the_way_is_printed(raise_to_desk, desk, belu, open_as, now):
    alert = raise_to_desk()
    actions.acknowledge(alert=alert, version=1, note="Catatan di dalam", by=belu, at=now)

    page = open_as(desk["sender"], f"/peringatan/{alert.pk}/nota-dinas/").content.decode()

    assert "Catatan di dalam" not in page
    assert alert.raised_by not in page


def test_a_simulated_alert_is_printed_as_simulated(raise_to_desk, desk, open_as):
    alert = raise_to_desk()
    Alert.objects.filter(pk=alert.pk).update(is_simulated=True)

    assert "DATA SIMULASI" in open_as(desk["sender"], f"/peringatan/{alert.pk}/nota-dinas/").content.decode()


def test_to_a_third_agency_the_note_is_absent(raise_to_desk, officer_of, open_as):
    alert = raise_to_desk()
    stranger = officer_of("kanim-kupang")

    assert open_as(stranger, f"/peringatan/{alert.pk}/nota-dinas/").status_code == 404
    assert not TrailRow.objects.filter(event="records.exported").exists()


@pytest.fixture
def handed(desk, officer_of, belu, raise_to_desk, now):
    """A shift of Polres Belu that was handed over while one alert was open and another one just closed."""
    second = officer_of("polres-belu", username="petugas-dua", kind="police")
    shift = duty_actions.plan_shift(officer=desk["analyst"], starts_at=now, ends_at=now + 6 * HOUR, by=belu, at=now)
    still_open = raise_to_desk()
    closed = raise_to_desk(again_why="lain", finding=None)
    at = now + 2 * HOUR
    by = actor_for(desk["analyst"], purpose="prevention", at=at)
    actions.close(alert=closed, version=closed.version, outcome="duplicate", why="sama", by=by, at=now + HOUR)
    duty_actions.hand_over(shift=shift, to=second, note="Satu menunggu verifikasi.", by=by, at=at)
    return shift, still_open, closed


def test_the_minutes_say_who_handed_to_whom_when_and_what_was_open_then(handed, desk, open_as):
    shift, still_open, closed = handed

    page = open_as(desk["leader"], f"/piket/{shift.pk}/berita-acara/").content.decode()

    assert "Petugas polres-belu" in page
    assert "Satu menunggu verifikasi." in page
    assert "Rabu" in page
    assert "tanggal 4 Maret 2026 pukul 12.00 WITA" in page
    assert still_open.number in page
    assert closed.number not in page
    assert TrailRow.objects.get(event="records.exported").facts["form"] == "serah_terima_piket"


def test_a_shift_that_was_not_handed_over_has_no_minutes_and_others_see_none(handed, desk, open_as):
    shift, *_alerts = handed

    assert open_as(desk["leader"], f"/piket/{shift.handed_to.pk}/berita-acara/").status_code == 404
    assert open_as(desk["sender"], f"/piket/{shift.pk}/berita-acara/").status_code == 404


def test_the_roster_leads_to_the_minutes(handed, desk, open_as):
    shift, *_alerts = handed
    DutyShift.objects.update(ends_at=timezone.now() + HOUR)  # the page shows the shifts of the last days

    page = open_as(desk["leader"], "/piket/").content.decode()

    assert f"/piket/{shift.pk}/berita-acara/" in page
