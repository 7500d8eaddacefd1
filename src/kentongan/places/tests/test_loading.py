"""The gazetteer in the database."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from kentongan.audit.models import TrailRow
from kentongan.places import queries
from kentongan.places.actions import NEWEST_LIST, load_gazetteer_rows
from kentongan.places.gazetteer import Columns, Gazetteer
from kentongan.places.models import Facility, Place, PlaceAncestor, PlaceCode

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


class Operator:
    ref, agency, purpose = "console", "", ""


@pytest.fixture
def loaded(small_gazetteer: Gazetteer) -> Gazetteer:
    load_gazetteer_rows(gazetteer=small_gazetteer)
    return small_gazetteer


def changed(gazetteer: Gazetteer, column: str, change: Callable[[str, str], str]) -> Gazetteer:
    """Return the gazetteer with one column changed: `change` gets the code and the old text."""
    columns = gazetteer.columns
    texts = tuple(change(code, text) for code, text in zip(columns.code, getattr(columns, column), strict=True))
    return Gazetteer(Columns(**{**columns._asdict(), column: texts}))


def test_every_unit_becomes_a_place_with_its_own_key(loaded: Gazetteer) -> None:
    silawan = Place.objects.get(code="53.04.02.2001")

    assert Place.objects.count() == len(loaded)
    assert silawan.pk == loaded.at("53.04.02.2001").id
    assert (silawan.parent.name, silawan.country, silawan.level) == ("Tasifeto Timur", "ID", "village")


def test_loading_again_changes_nothing(loaded: Gazetteer) -> None:
    again = load_gazetteer_rows(gazetteer=loaded, by=Operator(), at=AT)

    assert not again.is_news
    assert not TrailRow.objects.exists()


def test_a_load_that_changed_something_is_in_the_trail(small_gazetteer: Gazetteer) -> None:
    loaded = load_gazetteer_rows(gazetteer=small_gazetteer, by=Operator(), at=AT)

    assert TrailRow.objects.get().facts["places_added"] == loaded.places_added == len(small_gazetteer)


def test_progress_ends_at_the_whole(small_gazetteer: Gazetteer) -> None:
    seen: list[tuple[int, int]] = []

    load_gazetteer_rows(gazetteer=small_gazetteer, progress=lambda done, total: seen.append((done, total)))

    assert seen[-1] == (len(small_gazetteer), len(small_gazetteer))


def test_the_closure_holds_exactly_the_ancestors(loaded: Gazetteer) -> None:
    rows = set(PlaceAncestor.objects.values_list("descendant__code", "ancestor__code", "depth"))

    expected = {(unit.code, unit.code, 0) for unit in loaded}
    expected |= {(u.code, a.code, n) for u in loaded for n, a in enumerate(loaded.ancestors(u.code), start=1)}
    assert rows == expected


def test_a_place_that_moved_gets_new_ancestors_and_keeps_its_key(loaded: Gazetteer) -> None:
    moved = changed(loaded, "parent", lambda code, text: "53.04.03" if code == "53.04.02.2001" else text)

    result = load_gazetteer_rows(gazetteer=moved)

    assert (result.places_added, result.places_changed) == (0, 1)
    silawan = Place.objects.get(code="53.04.02.2001")
    assert [a.code for a in queries.ancestors(silawan)] == ["53.04.03", "53.04", "53", "ID"]


def test_two_places_may_exchange_their_codes(loaded: Gazetteer) -> None:
    swap = {"53.04.02.2001": "53.04.02.2002", "53.04.02.2002": "53.04.02.2001"}
    before = dict(Place.objects.filter(code__in=swap).values_list("code", "pk"))
    exchanged = changed(loaded, "code", lambda code, _: swap.get(code, code))

    load_gazetteer_rows(gazetteer=exchanged)

    after = dict(Place.objects.filter(code__in=swap).values_list("code", "pk"))
    assert after == {swap[code]: pk for code, pk in before.items()}
    assert queries.place_by_code("53.04.02.2001").pk == before["53.04.02.2002"]


def test_a_code_that_the_list_drops_stays_and_ends(loaded: Gazetteer) -> None:
    recoded = changed(loaded, "code", lambda code, _: "53.04.02.2099" if code == "53.04.02.2001" else code)

    load_gazetteer_rows(gazetteer=recoded)

    old = PlaceCode.objects.get(code="53.04.02.2001")
    assert old.valid_to == NEWEST_LIST
    assert queries.place_by_code("53.04.02.2001").code == "53.04.02.2099"


def test_a_name_that_the_list_drops_goes(loaded: Gazetteer) -> None:
    load_gazetteer_rows(gazetteer=changed(loaded, "names", lambda code, text: "" if code == "53.04.12" else text))

    assert not Place.objects.get(code="53.04.12").other_names.exists()


# --- reads ---


@pytest.mark.parametrize(
    ("code", "scheme", "answer"),
    [
        ("53.04.02.2001", None, "53.04.02.2001"),
        ("53.03.09.1010", None, "53.03.09.2010"),
        ("40306", "tl-pnds", "TL-050202"),
        ("40306", None, None),
        ("53.99", None, None),
    ],
)
def test_any_code_that_was_ever_valid_answers_the_present_place(
    loaded: Gazetteer, code: str, scheme: str | None, answer: str | None
) -> None:
    place = queries.place_by_code(code, scheme)

    assert (place.code if place else None) == answer


def test_inside_holds_the_roots_and_all_below_once(loaded: Gazetteer) -> None:
    roots = Place.objects.filter(code__in=["53.04", "53.04.02"])

    codes = [p.code for p in queries.inside(roots)]

    assert codes == sorted({"53.04", *(u.code for u in loaded.descendants("53.04"))})


def test_inside_may_be_asked_for_levels(loaded: Gazetteer) -> None:
    villages = queries.inside(Place.objects.filter(code="53.04.02"), levels=("village",))

    assert {p.level for p in villages} == {"village"}
    assert [p.code for p in queries.children(Place.objects.get(code="53.04.02"))] == [p.code for p in villages]


def test_a_box_finds_the_villages_in_it(loaded: Gazetteer) -> None:
    box = (-9.05, 124.90, -8.95, 125.00)

    assert {p.code for p in queries.within_box(*box)} == {u.code for u in loaded.within_box(*box)}


def test_facilities_carry_the_status_of_the_day(loaded: Gazetteer) -> None:
    def status(key: str, day: date) -> str | None:
        return queries.facilities_on(day).get(pk=key).status

    assert status("napan", date(2024, 10, 1)) == "planned"
    assert status("napan", date(2024, 10, 2)) == "active"
    assert status("salele", date(2024, 9, 5)) == "inactive"


def test_aplasi_has_no_place_and_two_candidates(loaded: Gazetteer) -> None:
    aplasi = Facility.objects.get(pk="aplasi")

    assert aplasi.place is None
    assert set(aplasi.candidates.values_list("code", flat=True)) == {"53.03.05.1002", "53.03.13.2001"}
