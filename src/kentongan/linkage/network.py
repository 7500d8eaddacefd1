"""A case and what hangs together with it, as nodes and lines with coordinates: the template draws them without a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, pi, sin
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kentongan.agreements.facts import Actor
from kentongan.cases import queries as case_queries
from kentongan.cases.models import Case
from kentongan.events.models import Event

from . import labels, queries
from .rules import ACCEPTED

WIDTH, HEIGHT = 860, 640
INNER, OUTER = (200, 150), (340, 255)
LABEL = 20

CASE, PERSON, THING, EVENT, PHONE = "case", "person", "thing", "event", "phone"


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody or something in the picture."""

    key: str
    kind: str
    label: str
    detail: str = ""
    address: str = ""
    x: int = 0
    y: int = 0

    @property
    def short(self) -> str:
        """The label as far as it fits."""
        return self.label if len(self.label) <= LABEL else f"{self.label[: LABEL - 1]}…"

    @property
    def text_y(self) -> int:
        """Where the label stands: under the mark."""
        return self.y + 30


@dataclass(frozen=True, slots=True)
class Line:
    """What joins two nodes; a line that is not certain is a question and is drawn dashed."""

    one: Node
    other: Node
    word: str
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """The picture and its lines as a table."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT


def network(case: Any, actor: Actor, *, at: datetime) -> Network:
    """Return what this officer may see of how a case hangs together: its people, goods and events, and other cases over them."""
    space = case_queries.workspace(case, actor, at=at)
    centre = _case(case)
    near: dict[str, Node] = {}
    for person in space.persons:
        near[str(person.pk)] = Node(
            str(person.pk), PERSON, person.pseudonym, str(person.get_role_display()), reverse("case_person", args=[case.pk, person.pk])
        )  # fmt: skip
    for thing in space.goods:
        near[str(thing.pk)] = Node(str(thing.pk), THING, thing.what)
    events = list(Event.objects.visible_to(actor, at=at).filter(pk__in=case_queries.events_of(case)))
    for event in events:
        near[str(event.pk)] = Node(str(event.pk), EVENT, event.title, address=reverse("event_detail", args=[event.pk]))
    joins = [(centre.key, key, _in_case(one)) for key, one in near.items()]
    far, more = _over_links(near, actor, at)
    others, shared = _over_events(case, [event.pk for event in events], actor, at)
    for key, node in others.items():
        far.setdefault(key, node)
    placed = {centre.key: _at(centre, WIDTH // 2, HEIGHT // 2)}
    beside = _beside(near, far, [*shared, *(line[:3] for line in more)])
    placed |= _ring(list(near.values()), INNER) | _ring(beside, OUTER)
    certain = [Line(placed[one], placed[other], word) for one, other, word in (*joins, *shared)]
    asked = [Line(placed[one], placed[other], word, is_certain) for one, other, word, is_certain in more]
    return Network(tuple(placed.values()), tuple(certain + asked))


def _over_links(
    near: dict[str, Node], actor: Actor, at: datetime
) -> tuple[dict[str, Node], list[tuple[str, str, str, bool]]]:
    """Return who and what is linked with the case's people and things, the cases that they stand in, and shared telephones."""
    far: dict[str, Node] = {}
    lines: list[tuple[str, str, str, bool]] = []
    ends = [UUID(one.key) for one in near.values() if one.kind in (PERSON, THING)]
    for one in queries.links_at(actor, ends, at=at):
        is_certain = one.link.state == ACCEPTED
        for end in (one.left, one.right):
            key = str(end.key)
            if key not in near and key not in far:
                elsewhere = _case(end.case)
                far[key] = Node(key, end.kind, end.label, elsewhere.label)
                far.setdefault(elsewhere.key, elsewhere)
                lines.append((elsewhere.key, key, _in_case(far[key]), True))
        word = _("tautan yang diterima petugas") if is_certain else _("mungkin sama, belum diputuskan")
        left, right = str(one.left.key), str(one.right.key)
        lines.append((left, right, f"{word} ({labels.summary(one.link.agreements)})", is_certain))
        if ["phone", "shared"] in [row[:2] for row in one.link.agreements]:
            phone = Node(f"phone:{one.link.pk}", PHONE, _("telepon yang sama"))
            far[phone.key] = phone
            lines += [(phone.key, end, _("memakai telepon yang sama"), is_certain) for end in (left, right)]
    return far, lines


def _over_events(
    case: Any, events: Sequence[Any], actor: Actor, at: datetime
) -> tuple[dict[str, Node], list[tuple[str, str, str]]]:
    """Return the other cases open to the reader that show that they are about the same events."""
    found: dict[str, Node] = {}
    lines: list[tuple[str, str, str]] = []
    if not events:
        return found, lines
    both = Q(event__in=events) | Q(case_events__event__in=events)
    for other in Case.objects.visible_to(actor, at=at).filter(both).exclude(pk=case.pk).distinct():
        common = set(case_queries.events_of(other)) & set(events)
        if common:
            node = _case(other)
            found[node.key] = node
            lines += [
                (node.key, str(event), _("perkara tentang kejadian yang sama")) for event in sorted(common, key=str)
            ]
    return found, lines


def _case(case: Any) -> Node:
    return Node(
        f"case:{case.pk}", CASE, case.number or str(_("Perkara")), address=reverse("case_detail", args=[case.pk])
    )


def _in_case(node: Node) -> str:
    return {
        PERSON: _("orang dalam perkara"),
        THING: _("barang dalam perkara"),
        EVENT: _("kejadian yang diperkarakan"),
    }[node.kind]


def _ring(nodes: Sequence[Node], radii: tuple[int, int]) -> dict[str, Node]:
    """Return the nodes on an ellipse around the middle, from the top clockwise, neighbours of two heights so that labels do not touch."""
    wide, high = radii
    placed = {}
    for n, node in enumerate(nodes):
        turn = 2 * pi * n / max(len(nodes), 1) - pi / 2
        shift = 14 * (n % 2)
        x, y = WIDTH / 2 + wide * cos(turn), HEIGHT / 2 + (high - shift) * sin(turn)
        placed[node.key] = _at(node, round(x), round(y))
    return placed


def _beside(near: dict[str, Node], far: dict[str, Node], lines: Sequence[tuple[str, str, str]]) -> list[Node]:
    """Return what is farther out in the order of what it hangs together with, so that lines are short."""
    order = {key: n / max(len(near), 1) for n, key in enumerate(near)}
    for _round in range(2):  # the second reaches cases, which hang on people who hang on people
        for one, other, _word in lines:
            for key, beside in ((one, other), (other, one)):
                if key not in order and beside in order:
                    order[key] = order[beside]
    return sorted(far.values(), key=lambda node: (order.get(node.key, 1.0), node.key))


def _at(node: Node, x: int, y: int) -> Node:
    return Node(node.key, node.kind, node.label, node.detail, node.address, x, y)
