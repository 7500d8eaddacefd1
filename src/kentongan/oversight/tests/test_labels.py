"""Every deed and every kind of record that the trail names has words for the overseer."""

import re
from pathlib import Path

import kentongan
from kentongan.agreements.access import protected_models
from kentongan.audit.catalogue import Trail
from kentongan.oversight.labels import EVENTS, KINDS

SOURCE = Path(kentongan.__file__).parent
REF = re.compile(r"def ref\(self\) -> str:\n(?: {8}\"{3}.*\"{3}\n)? {8}return f\"(\w+):")


def test_every_deed_has_words():
    assert [name for name in Trail if name not in EVENTS] == []


def test_every_record_that_has_a_reference_has_a_word_for_its_kind():
    written = {kind for path in SOURCE.glob("*/models.py") for kind in REF.findall(path.read_text(encoding="utf-8"))}
    protected = {model._meta.model_name for model in protected_models()}

    assert {"task", "duty_shift", "webhook", "message"} <= written
    assert sorted((written | protected) - set(KINDS)) == []
