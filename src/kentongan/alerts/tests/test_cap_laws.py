"""Laws of writing and reading CAP: what is written is read back the same, is valid, and is read no more loosely than the schema."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from kentongan.alerts.cap.reading import NotCap, _parser, read, schema_faults
from kentongan.alerts.cap.structure import ALERT, NAMESPACE, Part
from kentongan.alerts.cap.values import written_instant
from kentongan.alerts.cap.writing import written

from .cap_messages import SMUGGLING, messages

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(messages())
def test_what_is_written_is_read_back_the_same_and_is_valid(message):
    document = written(message)

    assert read(document) == message
    assert schema_faults(etree.fromstring(document)) == []
    assert b"Z</sent>" not in document


@settings(SLOW, max_examples=300)
@given(st.data())
def test_what_the_schema_refuses_is_refused(data):
    root = etree.fromstring(SMUGGLING)
    for _time in range(data.draw(st.integers(1, 3))):
        elements = list(root.iter())
        one = data.draw(st.sampled_from(elements[1:]))
        match data.draw(st.sampled_from(["drop", "double", "swap", "say", "rename"])):
            case "drop":
                one.getparent().remove(one)
            case "double":
                one.addnext(etree.fromstring(etree.tostring(one)))
            case "swap" if one.getnext() is not None:
                one.addprevious(one.getnext())
            case "say":
                one.text = data.draw(st.sampled_from(["", "Security", "2026-03-04T10:00:00Z", "x y", "-1"]))
            case "rename":
                one.tag = data.draw(st.sampled_from([f"{{{NAMESPACE}}}note", "note", f"{{{NAMESPACE}}}value"]))
    document = etree.tostring(root)
    is_valid = not schema_faults(etree.fromstring(document, _parser()))

    if is_valid:
        with suppress(NotCap):  # the prose of the standard asks for more than its schema
            read(document)
    else:
        with pytest.raises(NotCap) as refused:
            read(document)
        assert all(fault.path.startswith("alert") for fault in refused.value.faults)


def test_the_structure_has_the_elements_of_the_schema_in_their_order():
    def names(part: Part) -> list[object]:
        return [(one.name, names(one.what)) if isinstance(one.what, Part) else one.name for one in part.elements]

    def declared(element: etree._Element) -> list[object]:
        xs = "{http://www.w3.org/2001/XMLSchema}"
        found: list[object] = []
        for one in element.findall(f"{xs}complexType/{xs}sequence/{xs}element"):
            name = one.get("name") or one.get("ref").removeprefix("cap:")
            found.append((name, declared(one)) if one.find(f"{xs}complexType") is not None else name)
        return found

    from importlib.resources import files

    schema = etree.fromstring(files("kentongan.alerts.cap").joinpath("data", "CAP-v1.2.xsd").read_bytes())

    assert names(ALERT) == declared(schema[0])


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 3, 4, 2, tzinfo=UTC), "2026-03-04T02:00:00-00:00"),
        (datetime.fromisoformat("2026-03-04T10:00:00.250000+08:00"), "2026-03-04T10:00:00+08:00"),
        (datetime.fromisoformat("2026-03-04T10:00:00-03:30"), "2026-03-04T10:00:00-03:30"),
    ],
)
def test_an_instant_has_its_offset_and_never_a_z(instant, expected):
    assert written_instant(instant) == expected


def test_only_what_would_have_to_move_is_named():
    early = SMUGGLING.replace(b"<senderName>", b"<web>urn:x</web><senderName>", 1)

    with pytest.raises(NotCap) as refused:
        read(early)

    assert [(f.path, f.code, f.expected) for f in refused.value.faults] == [
        ("alert/info[1]/web", "out_of_order", "description")
    ]


def test_an_instant_without_an_offset_is_not_written():
    with pytest.raises(ValueError, match="offset"):
        written_instant(datetime(2026, 3, 4))
