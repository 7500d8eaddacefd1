"""Which kinds are counted."""

import pytest

from kentongan.vocabulary.data import kind_entries
from kentongan.watch.streams import is_counted, kinds_of, label_of, streams

VOCABULARY = [(entry.code, entry.kind_class) for entry in kind_entries()]


def counted():
    return frozenset().union(*(kinds_of(stream, VOCABULARY) for stream in streams()))


def test_no_response_status_election_or_protected_kind_is_counted():
    class_of = dict(VOCABULARY)

    for code in counted():
        assert class_of[code] not in ("response", "status")
        assert not code.startswith(("PILK", "RESP", "ST.", "IM.REFUGEE", "IM.ASYLUM", "IM.DETENTEE", "IM.STRANDED"))


def test_no_kind_is_counted_in_two_streams():
    sizes = sum(len(kinds_of(stream, VOCABULARY)) for stream in streams())

    assert sizes == len(counted())


@pytest.mark.parametrize(
    ("stream", "inside", "outside"),
    [
        ("trafficking", {"TPPO", "TPPO.ACT.RECRUIT", "PMI.NP", "PMI.AKAD_NP"}, {"TPPO.ZERO", "PMI.DECEASED"}),
        ("smuggling", {"TPPM", "TPPM.MARITIME", "IM.CROSSER", "IM.RATPATH"}, {"IM.LEGAL_CROSS", "IM.STRANDED"}),
        ("goods", {"GDS", "GDS.BBM", "GDS.ROKOK"}, {"NARK"}),
        ("narcotics", {"NARK", "NARK.SABU"}, {"GDS"}),
    ],
)
def test_each_stream_counts_its_kinds(stream, inside, outside):
    kinds = kinds_of(next(s for s in streams() if s.code == stream), VOCABULARY)

    assert inside <= kinds
    assert not outside & kinds


@pytest.mark.parametrize("kind_class", ["response", "status"])
def test_a_new_kind_of_these_classes_would_not_be_counted_either(kind_class):
    assert not is_counted("TPPO.BARU", kind_class)


def test_every_stream_and_silence_have_labels_in_both_languages():
    for code in (*(s.code for s in streams()), "silence"):
        assert label_of(code, "id") != label_of(code, "en")
