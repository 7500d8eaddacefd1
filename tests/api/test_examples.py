"""Every example of docs/how-to/use-the-api.md is run, in order, and answers as the page says."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from kentongan.agencies.rules import Console
from kentongan.audit import outbox
from kentongan.events.tasks import CONSUMERS
from kentongan.vocabulary.actions import load_kinds

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "use-the-api.md"
EXAMPLE = re.compile(r"```http\n(?P<request>.*?)```\s*(?:[^`]*?)```json (?P<status>\d+)\n(?P<answer>.*?)```", re.S)


@dataclass
class Example:
    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answer: object


def examples() -> list[Example]:
    found = []
    for match in EXAMPLE.finditer(PAGE.read_text()):
        head, _, body = match["request"].partition("\n\n")
        first, *lines = head.strip().splitlines()
        method, path = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
        found.append(Example(method, path, headers, body.strip(), int(match["status"]), json.loads(match["answer"])))
    return found


def is_part_of(part: object, whole: object) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and is_part_of(value, whole[key]) for key, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(part) == len(whole) and all(map(is_part_of, part, whole))
    return part == whole


def test_every_example_of_the_page_answers_as_it_says(client_of, gazetteer_rows):
    load_kinds(by=Console(), at=timezone.now())
    client = client_of("kanim-atambua")
    shown = examples()

    for example in shown:
        outbox.drain(CONSUMERS, worker="test", clock=timezone.now)
        answer = client.generic(
            example.method, example.path, example.body, content_type="application/json", headers=example.headers
        )

        assert answer.status_code == example.status, (example, answer.content)
        assert is_part_of(example.answer, answer.json()), (example, answer.json())

    assert len(shown) >= 12
