"""The overseer reads the gate's reasons in words."""

import ast
import inspect

import pytest

from kentongan.agreements import rules
from kentongan.oversight.reasons import REASONS, reason_words


def said_by_the_rule() -> set[str]:
    """Return every sentence without a name in it with which the rule refuses."""
    tree = ast.parse(inspect.getsource(rules))
    walls = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "_firewall")
    returned = [n.value for n in ast.walk(walls) if isinstance(n, ast.Return)]
    refused = [n.args[0] for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "_refused"]
    return {n.value for n in (*returned, *refused) if isinstance(n, ast.Constant) and n.value}


def test_every_sentence_of_the_rule_has_words():
    assert len(said_by_the_rule()) > 5
    assert said_by_the_rule() <= REASONS.keys()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("allowed by clause:1", "dibuka oleh klausul 1 dari PKS"),
        ("granted because of break_glass:2", "dibuka karena pembukaan 2"),
        ("supervises kanim-serang", "milik instansi bawahan: Kanim Serang"),
        ("role analyst does not cover persons", "peran analis tidak mencakup catatan jenis ini"),
        ("something new", "something new"),
    ],
)
def test_a_reason_that_names_something_says_what(reason, words):
    names = {"clause:1": "klausul 1 dari PKS", "break_glass:2": "pembukaan 2", "kanim-serang": "Kanim Serang"}

    assert reason_words(reason, names.__getitem__).lower() == words.lower()
