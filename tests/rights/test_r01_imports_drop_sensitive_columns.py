"""R01: an imported table loses columns on ethnicity, religion or politics, and says so."""

import csv
import json
from io import StringIO

import pytest

from kentongan.intake.formats.contents import Form
from kentongan.intake.formats.tables import read_table
from kentongan.kit.shipped_tables import table_lines

TERMS = [line.required("term") for line in table_lines("kentongan.vocabulary", "data/protected_attributes.csv")]


def as_csv(heading: str) -> str:
    out = StringIO(newline="")
    csv.writer(out).writerows([["teks", heading], ["Tiga orang melintas di jalan tikus.", "RAHASIA"]])
    return out.getvalue()


def as_json_line(heading: str) -> str:
    return json.dumps({"teks": "Tiga orang melintas di jalan tikus.", heading: "RAHASIA"}, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    "heading",
    [*TERMS, "Suku Bangsa", "AGAMA", "agama_korban", "political party", "Etnis/Suku", "religiao", "ethnicGroup"],
)
@pytest.mark.parametrize(("form", "write"), [(Form.CSV, as_csv), (Form.JSON_LINES, as_json_line)], ids=["csv", "jsonl"])
def test_the_column_is_dropped_before_anything_is_kept(heading: str, form: Form, write) -> None:
    table = read_table(write(heading), form)

    assert len(table.rows) == 1, table.faults
    assert "RAHASIA" not in repr(table.rows)
    assert any(heading in note for note in table.notes)


def test_an_ordinary_column_is_kept() -> None:
    table = read_table(as_csv("sumber"), Form.CSV)

    assert table.rows[0].columns["source"] == "RAHASIA"
