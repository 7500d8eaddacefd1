"""A search leaves digests of its terms, which tell something only as long as the month's secret lives."""

from datetime import UTC, datetime

from kentongan.audit import search_keys, trail
from kentongan.audit.models import SearchKey, TrailRow
from kentongan.audit.search_terms import first_month, normalised, searches_for
from kentongan.audit.stored_rows import rows_of

from .conftest import AT

MARCH = AT


def search(clerk, *terms, at=MARCH, found=0):
    trail.note_search(terms, by=clerk, at=at, found=found, facts={"category": "reports"})
    return TrailRow.objects.order_by("-id").first()


def found(term):
    return searches_for(term, among=TrailRow.objects.all())


def test_the_row_has_digests_and_figures_and_no_term(db, clerk):
    row = search(clerk, "Budi Silawan", "kapal", found=3)

    assert row.event == "records.searched"
    assert {**row.facts, "terms": len(row.facts["terms"])} == {
        "category": "reports",
        "found": 3,
        "key": "2026-03",
        "terms": 2,
    }
    assert all(len(digest) == 64 for digest in row.facts["terms"])
    kept = str(rows_of("SELECT * FROM audit_trailrow")).casefold()
    assert "budi" not in kept
    assert "kapal" not in kept
    assert bytes(SearchKey.objects.get().secret).hex() not in kept


def test_an_overseer_who_suspects_a_term_finds_who_searched_it(db, clerk):
    one = search(clerk, "Budi  SILAWAN ", "kapal")
    search(clerk, "lain")
    other = search(clerk, "budi silawan", at=datetime(2026, 4, 1, tzinfo=UTC))

    assert found("Budi Silawan") == [other, one]
    assert found("Budi") == []
    assert found(" ") == []


def test_a_name_is_found_where_its_words_were_searched_one_by_one(db, clerk):
    both = search(clerk, "Silawan", "budi", "kapal")
    search(clerk, "budi")

    assert found("Budi Silawan") == [both]


def test_the_first_month_that_can_still_be_asked_about_is_told(db, clerk):
    assert first_month() == ""
    search(clerk, "kapal", at=datetime(2026, 4, 1, tzinfo=UTC))
    search(clerk, "kapal")

    assert first_month() == "2026-03"


def test_the_same_term_looks_different_in_another_month(db, clerk):
    march, april = search(clerk, "kapal"), search(clerk, "kapal", at=datetime(2026, 4, 1, tzinfo=UTC))

    assert march.facts["terms"] != april.facts["terms"]
    assert SearchKey.objects.count() == 2


def test_terms_differ_by_more_than_their_typing():
    assert normalised(" Timor\u00a0 LESTE\n") == "timor leste"
    assert normalised("ﬁ") == "fi"
    assert normalised("café") == normalised("cafe\u0301")


def test_blank_terms_leave_no_digest(db, clerk):
    assert search(clerk, "", "  ").facts["terms"] == []


def test_a_search_without_a_key_from_the_year_before_can_be_matched_no_more(db, clerk):
    row = search(clerk, "kapal")

    assert search_keys.destroy_aged_keys(at=datetime(2027, 3, 31, 23, tzinfo=UTC)) == []
    assert found("kapal") == [row]

    assert search_keys.destroy_aged_keys(at=datetime(2027, 4, 1, tzinfo=UTC)) == ["2026-03"]
    assert found("kapal") == []
    assert not SearchKey.objects.exists()
    told = TrailRow.objects.order_by("-id").first()
    assert (told.event, told.subject, told.actor) == ("trail.search_key_destroyed", "searchkey:2026-03", "system:trail")


def test_how_long_keys_live_is_a_setting(db, clerk, settings):
    settings.SEARCH_KEY_MONTHS = 1
    search(clerk, "kapal")

    assert search_keys.destroy_aged_keys(at=datetime(2026, 4, 30, tzinfo=UTC)) == []
    assert search_keys.destroy_aged_keys(at=datetime(2026, 5, 1, tzinfo=UTC)) == ["2026-03"]


def test_an_export_is_kept_with_its_rows(db, clerk):
    trail.note_export(by=clerk, at=AT, rows=250, on="export:1", facts={"category": "events"}, clause="clause:7")

    row = TrailRow.objects.get()
    assert (row.event, row.clause, row.facts) == ("records.exported", "clause:7", {"category": "events", "rows": 250})
