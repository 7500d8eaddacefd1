"""The pages of the ladder, of the roster and of policy."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kentongan.alerts import ladder
from kentongan.alerts.models import Alert, AlertNote, DutyShift, LadderChange, LadderStep, OfficeHours

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def alert(raise_to_desk):
    return raise_to_desk()


@pytest.fixture
def signed(client, desk, officer_of):
    """Sign in as one of the desk, or as an officer of Polres Belu in a role: `signed("analyst")`, `signed(role="administrator")`."""

    def make(who="analyst", *, role=None):
        officer = officer_of("polres-belu", role=role, kind="police", username=f"masuk-{role}") if role else desk[who]
        client.force_login(officer, backend=BACKEND)
        return client

    return make


def test_the_page_says_who_was_told_by_which_way_and_what_comes_next(alert, desk, signed, now):
    ladder.act_due(worker="a", clock=lambda: now)

    page = signed().get(f"/peringatan/{alert.pk}/").content.decode()

    assert "Siapa diberi tahu, kapan" in page
    assert "Petugas polres-belu" in page
    assert "Di aplikasi" in page
    assert page.count(">berikutnya<") == 1
    assert "usulan kami, dapat diatur" in page


def test_the_sender_reads_it_too_and_may_not_snooze(alert, signed, now):
    page = signed("sender").get(f"/peringatan/{alert.pk}/").content.decode()

    assert "petugas instansi yang dituju" in page
    assert "Tunda pemberitahuan" not in page


def test_an_officer_snoozes_by_the_page_and_the_page_says_until_when(alert, signed):
    client = signed()

    client.post(f"/peringatan/{alert.pk}/tunda/", {"version": 1, "minutes": 60, "why": "Tim di laut."})

    page = client.get(f"/peringatan/{alert.pk}/").content.decode()
    assert AlertNote.objects.get().what == "snoozed"
    assert "Ditunda sampai" in page
    assert "Tim di laut." in page
    assert "semula" in page


@pytest.mark.parametrize("sent", [{"minutes": 60, "why": ""}, {"minutes": 9999, "why": "x"}, {"why": "x"}])
def test_a_snooze_without_reason_or_length_is_refused_on_the_page(sent, alert, signed):
    assert signed().post(f"/peringatan/{alert.pk}/tunda/", {"version": 1, **sent}).status_code == 422
    assert not AlertNote.objects.exists()


def test_an_urgent_alert_offers_only_short_snoozes(raise_to_desk, signed):
    alert = raise_to_desk(is_urgent=True)

    page = signed().get(f"/peringatan/{alert.pk}/").content.decode()

    assert '<option value="30">' in page
    assert '<option value="60">' not in page


def test_a_false_alarm_of_late_is_told_on_the_new_page_and_wants_a_reason(alert, signed, desk, finding_of, now):
    Alert.objects.update(state="closed", outcome="false", outcome_why="Pesta adat.", closed_at=now)
    client, address = signed("sender"), f"/peringatan/baru/?finding={alert.finding_id}"
    before = client.get(f"/peringatan/baru/?finding={finding_of(stream='goods').pk}").content.decode()

    page = client.get(address).content.decode()
    refused = client.post(address, {"to": "polres-belu", "message": "Lagi."})
    client.post(address, {"to": "polres-belu", "message": "Lagi.", "again_why": "Dua orang baru hilang."})

    assert ("Pesta adat." in page, 'name="again_why"' in page, 'name="again_why"' in before) == (True, True, False)
    assert refused.status_code == 422
    assert Alert.objects.filter(state="raised").count() == 1


def test_the_army_that_is_chosen_by_the_page_is_asked_in_its_own_matter(finding_of, desk, signed, agency_of):
    agency_of("pamtas-timur", kind="military")
    address = f"/peringatan/baru/?finding={finding_of().pk}"

    signed("sender").post(address, {"to": "pamtas-timur", "message": "Mohon patroli.", "changed_why": "jalur tikus"})

    assert Alert.objects.get().matter == "border_guard"


# --- roster -----------------------------------------------------------------------------------------------------------


def local(at):
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def test_a_shift_is_planned_handed_over_and_cancelled_by_the_page(desk, signed, officer_of, now):
    second = officer_of("polres-belu", kind="police", username="petugas-dua")
    client = signed()
    client.post("/piket/rencana/", {
        "officer": desk["analyst"].pk, "starts_at": local(now - timedelta(hours=1)), "ends_at": local(now + timedelta(hours=5)),
    })  # fmt: skip
    first = DutyShift.objects.get()
    assert first.starts_at == (now - timedelta(hours=1)).replace(second=0, microsecond=0)

    client.post(f"/piket/{first.pk}/serah/", {"to": second.pk, "note": "Tidak ada yang tertunda."})
    page = client.get("/piket/").content.decode()
    assert "bertugas sekarang" in page
    assert "menerima dari" in page

    then = DutyShift.objects.get(state="planned")
    client.post(f"/piket/{then.pk}/batal/", {"why": "sakit"})
    assert "Sekarang tidak ada petugas piket" in client.get("/piket/").content.decode()


def test_faulty_plans_are_shown_again(desk, signed):
    answer = signed().post("/piket/rencana/", {"officer": desk["analyst"].pk, "starts_at": "", "ends_at": ""})

    assert answer.status_code == 422
    assert not DutyShift.objects.exists()


def test_a_hand_over_without_its_words_is_shown_again_at_its_shift(desk, signed, officer_of, now):
    second = officer_of("polres-belu", kind="police", username="petugas-dua")
    shift = DutyShift.objects.create(
        agency_id="polres-belu", officer=desk["analyst"], starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1),
        planned_by="officer:1", planned_at=now,
    )  # fmt: skip

    answer = signed().post(f"/piket/{shift.pk}/serah/", {"to": second.pk, "note": ""})

    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert DutyShift.objects.get().state == "planned"


def test_the_roster_of_another_agency_is_not_there(desk, signed, now):
    theirs = DutyShift.objects.create(
        agency_id="kanim-atambua", officer=desk["sender"], starts_at=now, ends_at=now + timedelta(hours=1), planned_by="officer:1",
        planned_at=now,
    )  # fmt: skip
    client = signed()

    assert client.post(f"/piket/{theirs.pk}/batal/", {"why": "x"}).status_code == 404
    assert "Petugas kanim-atambua" not in client.get("/piket/").content.decode()


# --- policy -----------------------------------------------------------------------------------------------------------


def test_an_administrator_reads_the_ladder_and_sets_its_figures(signed):
    client = signed(role="administrator")

    page = client.get("/peringatan/kebijakan/").content.decode()
    client.post("/peringatan/kebijakan/langkah/", {
        "agency": "polres-belu", "alert_class": "urgent", "number": 2, "minutes": 10, "channels": ["inapp", "sms"],
        "why": "Piket 24 jam.",
    })  # fmt: skip

    assert "Semua angka usulan kami, dapat diatur" in page
    change = LadderChange.objects.get()
    assert (change.after_minutes, change.channels) == (10, ["inapp", "sms"])
    assert "usulan 15" in client.get("/peringatan/kebijakan/").content.decode()


def test_without_minutes_the_shipped_figures_hold_again(signed):
    client = signed(role="administrator")
    sent = {"agency": "polres-belu", "alert_class": "urgent", "number": 2, "channels": ["inapp"], "why": "uji"}
    client.post("/peringatan/kebijakan/langkah/", {**sent, "minutes": 10})

    client.post("/peringatan/kebijakan/langkah/", sent)

    assert LadderChange.objects.get().valid_to is not None


def test_figures_that_make_no_ladder_are_shown_again_with_what_is_wrong(signed):
    answer = signed(role="administrator").post("/peringatan/kebijakan/langkah/", {
        "agency": "polres-belu", "alert_class": "urgent", "number": 2, "minutes": 500, "channels": ["inapp"], "why": "uji",
    })  # fmt: skip

    assert answer.status_code == 422
    assert "tidak boleh datang sebelum" in answer.content.decode()


def test_office_hours_are_set_by_the_page_and_faulty_ones_refused(signed):
    client = signed(role="administrator")

    refused = client.post("/peringatan/kebijakan/jam/", {"agency": "polres-belu", "day_1": "pagi", "why": "uji"})
    client.post(
        "/peringatan/kebijakan/jam/",
        {"agency": "polres-belu", "day_1": "00.00–00.00", "day_5": "8:00-11:30", "why": "uji"},
    )

    assert refused.status_code == 422
    assert [(h.weekday, f"{h.opens:%H%M}{h.closes:%H%M}") for h in OfficeHours.objects.all()] == [
        (1, "00000000"),
        (5, "08001130"),
    ]


def test_an_administrator_reaches_no_other_agency(signed):
    client = signed(role="administrator")

    answer = client.post("/peringatan/kebijakan/langkah/", {
        "agency": "kanim-atambua", "alert_class": "urgent", "number": 2, "minutes": 10, "channels": ["inapp"], "why": "uji",
    })  # fmt: skip

    assert answer.status_code == 422
    assert not LadderChange.objects.exists()
    assert LadderStep.objects.count() == 0


def test_who_is_no_administrator_does_not_see_the_policy_page(signed):
    assert signed().get("/peringatan/kebijakan/").status_code == 403
