"""The page of outcomes: through the gate, as of a day, with what it proposes; and its file without small cells."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kentongan.agreements.access import actor_for
from kentongan.alerts.models import Alert
from kentongan.alerts.outcome_queries import kind_word, outcomes_of, shown_cells
from kentongan.audit.models import TrailRow
from kentongan.watch.models import Watch

ADDRESS = "/peringatan/hasil/"


@pytest.fixture
def today():
    return timezone.now()


@pytest.fixture
def alert_of(agency_of, finding_of, today):
    """Make an alert of Kanim Atambua to Polres Belu that went as said: `alert_of("true", days=10, place=8)`."""
    made = {}

    def make(
        outcome="", *, days=10, place=5, stream="trafficking", owner="kanim-atambua", event=None, hours=2, number=1
    ):
        raised = today - timedelta(days=days)
        for _n in range(number):
            key = (owner, place, stream)
            finding = None if event else made.get(key) or finding_of(owner, place=place, stream=stream)
            made[key] = finding
            Alert.objects.create(
                owner=agency_of(owner), place_id=place, handling="restricted", purpose="prevention",
                legal_basis="UU 6/2011 Ps. 89", retain_until=date(2031, 1, 1), finding=finding, event=event,
                addressee=agency_of(f"tujuan-{Alert.objects.count()}", kind="police"), matter="crime", title="Peringatan uji",
                message="Mohon dicek.", raised_at=raised, raised_by="officer:1", acknowledge_by=raised, verify_by=raised,
                decide_by=raised, state="closed" if outcome else "raised",
                acknowledged_at=raised + timedelta(hours=hours) if outcome else None,
                verified_at=raised + timedelta(hours=2 * hours) if outcome else None,
                closed_at=raised + timedelta(days=1) if outcome else None, outcome=outcome,
                outcome_why="uji" if outcome else "",
            )  # fmt: skip

    return make


@pytest.fixture
def page_of(client, officer_of):
    def make(agency="kanim-atambua", role="analyst", **more):
        officer = officer_of(agency, role=role, username=f"hasil-{agency}-{role}", **more)
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


def found_by(actor, today, *, as_of=None, area="regency"):
    first, end = today - timedelta(days=365), today + timedelta(days=1)
    return outcomes_of(actor, first=first, end=end, as_of=as_of or today, area=area, at=today)


@pytest.fixture
def analyst(officer_of, today):
    return actor_for(officer_of("kanim-atambua"), purpose="prevention", at=today)


def test_each_alert_is_in_the_line_of_its_stream_and_regency(alert_of, event_of, analyst, today):
    alert_of("true", number=2)
    alert_of("false", place=8)
    alert_of("benign", event=event_of(kind="GDS.BBM"))
    alert_of("true", event=event_of(kind="RESP.RAKOR"))
    alert_of(place=1)

    lines = found_by(analyst, today).lines

    told = [(line.kind, line.area.name if line.area else None, line.summary.total) for line in lines]
    assert told == [
        ("trafficking", "Belu", 2), ("trafficking", "Kupang", 1), ("trafficking", None, 1), ("goods", "Belu", 1), ("other", "Belu", 1),
    ]  # fmt: skip


def test_by_province_the_regencies_are_one_line(alert_of, analyst, today):
    alert_of("true")
    alert_of("false", place=8)

    lines = found_by(analyst, today, area="province").lines

    assert [(line.area.code, line.summary.true, line.summary.false) for line in lines] == [("53", 1, 1)]


def test_the_table_of_an_earlier_day_does_not_know_what_came_later(alert_of, analyst, today):
    alert_of("true", days=10, number=3)
    alert_of("false", days=2)

    before = found_by(analyst, today, as_of=today - timedelta(days=9, hours=12)).whole

    assert (before.true, before.false, before.open) == (0, 0, 3)
    assert found_by(analyst, today).whole.true == 3


def test_what_the_gate_does_not_show_is_not_counted(alert_of, officer_of, today):
    alert_of("true", number=3)
    stranger = actor_for(officer_of("polres-malaka", kind="police"), purpose="prevention", at=today)

    assert found_by(stranger, today).whole.total == 0


def test_more_alerts_ask_no_more_of_the_database(alert_of, analyst, today):
    alert_of("true", number=2)
    with CaptureQueriesContext(connection) as few:
        found_by(analyst, today)
    alert_of("false", number=15)
    alert_of("benign", place=8, number=3)

    with CaptureQueriesContext(connection) as many:
        found_by(analyst, today)

    assert len(many) == len(few)


def test_the_addressee_counts_what_it_answered_under_its_matter(raise_to_desk, desk, today):
    from kentongan.alerts import actions

    alert = raise_to_desk(at=today - timedelta(days=1))
    by = actor_for(desk["analyst"], purpose="prevention", at=today)
    actions.acknowledge(alert=alert, version=1, by=by, at=today - timedelta(hours=20))
    before = found_by(by, today).lines
    actions.verify(alert=alert, version=2, note="benar", by=by, at=today - timedelta(hours=10))
    actions.close(alert=alert, version=3, outcome="true", why="benar", by=by, at=today - timedelta(hours=9))

    after = found_by(by, today).lines

    assert [line.kind for line in before] == ["trafficking"]
    assert [(line.kind, line.summary.true) for line in after] == [("matter:crime", 1)]
    assert kind_word("matter:crime", "id").startswith("Perihal: ")


def test_the_page_tells_shares_times_and_too_few(alert_of, page_of):
    alert_of("true", number=4)
    alert_of("false", number=6)
    alert_of("true", place=8)
    alert_of(days=3)

    page = page_of().get(ADDRESS).content.decode()

    assert "45 persen (21–72)" in page
    assert "terlalu sedikit untuk dinilai" in page
    assert "2 jam" in page
    assert "11 sudah, 1 belum, 0 ditutup tanpa langkah ini" in page
    assert "Terlalu sedikit untuk menyimpulkan apa pun" in page


def test_the_page_says_what_the_outcomes_propose_and_leads_there(alert_of, page_of):
    alert_of("true")
    watch = Watch.objects.get()

    page = page_of().get(ADDRESS).content.decode()

    assert f"/pemantauan/{watch.pk}/ambang/?dari=" in page
    looks = [row.facts for row in TrailRow.objects.filter(event="records.listed")]
    assert {"category": "alerts", "found": 1, "as": "outcomes"} in looks


def test_an_empty_page_says_so(page_of):
    assert "Tidak ada peringatan dalam kurun ini" in page_of().get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    "asked", [{"dari": "2026-02-01", "sampai": "2026-01-01"}, {"per": "2999-01-01"}, {"wilayah": "village"}]
)
def test_a_question_that_makes_no_sense_is_named(asked, page_of):
    usual = {"dari": "2025-01-01", "sampai": "2025-12-31", "per": "2025-12-31", "wilayah": "regency"}

    assert page_of().get(ADDRESS, usual | asked).status_code == 422


def test_the_file_withholds_small_counts_and_what_would_betray_them(alert_of, page_of):
    alert_of("true", number=12)
    alert_of("false", number=7)
    alert_of("benign", number=2)
    alert_of("true", place=8, number=6)

    answer = page_of().get(f"{ADDRESS}csv/")

    belu, kupang = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert belu["wajar"] == "ditahan"
    assert (belu["bagian_benar"], belu["selang_bawah"]) == ("", "")
    assert [belu[name] for name in ("true", "benar", "tidak_benar", "jumlah") if name in belu].count("ditahan") >= 1
    assert (kupang["benar"], kupang["bagian_benar"]) == ("6", "1.0000")
    assert (kupang["diterima_median_menit"], kupang["selesai_p90_menit"]) == ("120", "1440")
    export = TrailRow.objects.get(event="records.exported")
    assert (export.facts["form"], export.facts["rows"]) == ("outcomes", 2)


def test_no_count_from_one_to_four_is_in_the_file_whatever_the_alerts(alert_of, analyst, today):
    for place, number in ((5, 1), (8, 3), (11, 9)):
        alert_of("true", place=place, number=number)
        alert_of("false", place=place, number=number)

    shown = shown_cells(found_by(analyst, today))

    assert not any(0 < count < 5 for row in shown.cells for count in row if count is not None)
    assert shown.total is None


def test_the_list_of_alerts_leads_to_the_page(page_of):
    assert f'href="{ADDRESS}"' in page_of().get("/peringatan/").content.decode()
