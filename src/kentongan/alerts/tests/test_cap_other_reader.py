"""Our CAP in the eyes of a reader that others wrote: cap-tools (PyPI), whose classes were generated from the schema of OASIS."""

import pytest

from kentongan.alerts.cap.composing import messages_of
from kentongan.alerts.cap.writing import written

from .test_cap_composing import at_desk  # noqa: F401 - a fixture

cap_tools = pytest.importorskip("cap_tools", reason="cap-tools is not installed")


@pytest.fixture
def parsed():
    from xsdata.formats.dataclass.parsers import XmlParser

    return lambda message: XmlParser().from_bytes(written(message), cap_tools.Alert)


def test_another_reader_reads_every_element_that_we_wrote(at_desk, parsed):  # noqa: F811
    ours = messages_of(at_desk("acknowledge", "verify", "close", outcome="false"))

    for one in ours:
        theirs = parsed(one.message)
        assert (theirs.identifier, theirs.sender, theirs.scope.value) == (
            one.message.identifier, one.message.sender, one.message.scope,
        )  # fmt: skip
        assert theirs.sent.to_datetime() == one.message.sent
        assert theirs.msg_type.value == one.message.msg_type
        assert [info.language for info in theirs.infos] == [info.language for info in one.message.infos]
        assert [info.headline for info in theirs.infos] == [info.headline for info in one.message.infos]
        assert [info.certainty.value for info in theirs.infos] == [info.certainty for info in one.message.infos]
        assert [code.value.value for info in theirs.infos for area in info.areas for code in area.geocodes] == [
            code.value for info in one.message.infos for area in info.areas for code in area.geocodes
        ]


def test_a_receiver_that_follows_references_keeps_the_update_in_place_of_the_first(at_desk, parsed):  # noqa: F811
    state = cap_tools.AlertState()
    raised, _ack, update = (one.message for one in messages_of(at_desk("acknowledge", "verify")))

    state.ingest(parsed(raised))
    state.ingest(parsed(update))

    assert [alert.identifier for alert in state.alerts] == [update.identifier]
