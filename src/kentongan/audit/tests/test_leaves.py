"""A row has one canonical text, the same on every database."""

import json
import math
import struct
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.audit import leaves
from kentongan.audit.models import TrailRow
from kentongan.audit.stored_rows import trail_rows

# RFC 8785, appendix B
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("bits", "written"), NUMBERS.items())
def test_numbers_are_written_as_the_standard_has_them(bits, written):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))

    assert leaves.canonical(number) == written
    assert leaves.canonical_json(f"[{number!r}]") == f"[{written}]"


def test_keys_stand_in_the_order_of_their_utf_16_units():
    # RFC 8785, section 3.2.3: by characters the last two would change places
    keys = ["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]

    assert list(json.loads(leaves.canonical(dict.fromkeys(reversed(keys), 1)))) == keys
    assert list(json.loads(leaves.canonical_json(json.dumps(dict.fromkeys(reversed(keys), 1))))) == keys


def test_control_characters_are_escaped_as_the_standard_has_them_and_all_others_stand_as_they_are():
    text = '€$\u000f\nA\'B"\\\\"/é\x7f'

    assert leaves.canonical(text) == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/é\x7f"'


@given(values)
def test_the_quick_way_and_the_slow_way_write_the_same(value):
    written = leaves.canonical(value)

    assert leaves.canonical_json(json.dumps(value)) == written
    assert leaves.canonical_json(json.dumps(value, ensure_ascii=False)) == written
    assert leaves.canonical_json(written) == written
    assert all(not isinstance(one, float) or math.isclose(one, other) for one, other in [(value, json.loads(written))])


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))
def test_an_instant_is_one_text_whether_it_comes_as_text_or_not(at):
    stored = str(at.replace(tzinfo=None))

    assert leaves.instant(stored) == leaves.instant(at) == at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert leaves.instant(at.astimezone(timezone(timedelta(hours=8)))) == leaves.instant(at)


@pytest.mark.parametrize("stored", ["2026-03-04T02:00:00", "2026-03-04 02:00", "2026-03-04 02:00:00,000001", ""])
def test_an_instant_in_another_form_is_none_of_ours(stored):
    with pytest.raises((ValueError, IndexError)):
        leaves.instant(stored)


def test_a_leaf_is_canonical_json_of_all_that_the_row_has(db):
    facts = {"b": 2, "a": [1.0, 2.5, 1e-7, "é\u2028😀", None, True], "é": {}}
    TrailRow.objects.create(
        id=7,
        event="event.confirmed",
        at=datetime(2026, 3, 4, 2, 0, 0, 1, UTC),
        actor="officer:1",
        agency="kanim",
        role="analyst",
        purpose="prevention",
        clause="clause:9",
        subject="event:1",
        why='dua "sumber"\n',
        reasons=["owner"],
        facts=facts,
    )

    (row,) = trail_rows("t.id = 7")

    assert leaves.leaf(row).decode() == (
        '{"actor":"officer:1","agency":"kanim","at":"2026-03-04T02:00:00.000001Z","clause":"clause:9",'
        '"event":"event.confirmed","facts":{"a":[1,2.5,1e-7,"é\u2028😀",null,true],"b":2,"é":{}},"id":7,'
        '"purpose":"prevention","reasons":["owner"],"role":"analyst","subject":"event:1","v":1,"why":"dua \\"sumber\\"\\n"}'
    )


def test_a_leaf_covers_every_column_of_the_trail():
    assert set(leaves.COLUMNS) == {field.column for field in TrailRow._meta.fields}


@pytest.mark.parametrize("place", range(len(leaves.COLUMNS)))
def test_a_row_of_wrong_types_is_malformed_and_no_crash(place):
    row = [1, "e", "2026-03-04 02:00:00", "a", "", "", "", "", "", "", "[]", "{}"]
    row[place] = b"\xff"

    with pytest.raises(leaves.MalformedRow):
        leaves.leaf(row)
