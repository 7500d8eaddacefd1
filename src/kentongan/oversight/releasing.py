"""The file of a release: rows of each owner, seen through that owner's eyes and then cut by the gate to what it approved.

The rows pass the gate twice. First as the owner's own, so that nobody's word can open another's record; then through the
gate's mask, with a decision that releases exactly the approved groups. Rows on refugees, and rows about one that is
protected when the file is made, whatever it was when the owner approved, are not in it (R11), nor does the vault have a
category here (R14).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from kentongan.agreements.access import system_actor
from kentongan.agreements.facts import FULL, Decision
from kentongan.agreements.fields import ALWAYS_SHOWN, field_groups
from kentongan.agreements.masking import mask
from kentongan.agreements.registry import on_refugees
from kentongan.kit.periods import start_of_day
from kentongan.places.models import PlaceAncestor

from .models import OutsideRequest, RequestedPart

FORMAT = "kentongan-release/1"

RELEASABLE: Mapping[str, tuple[str, str]] = {
    "reports": ("intake.Report", "received_at"),
    "events": ("events.Event", "known_at"),
    "findings": ("watch.Finding", "first_as_of"),
    "alerts": ("alerts.Alert", "raised_at"),
}
"""Categories that a request may name: the model, and the column by which a period chooses."""

NEVER_WRITTEN = frozenset({"original", "origins"})
"""Bytes as they came, which may hold what the text does not; and states of origin."""


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """The bytes, and how many records of whom they hold."""

    content: bytes
    rows: dict[str, dict[str, int]]
    told: list[dict[str, object]]  # owner, category, groups and number, for the trail
    number: int


def key_of(category: str, ref: str) -> UUID | None:
    """Return the key in a reference of this category's model, None when it is none."""
    kind, _colon, key = ref.partition(":")
    model = apps.get_model(RELEASABLE[category][0])
    try:
        return UUID(key) if kind == model._meta.model_name else None
    except ValueError:
        return None


def rows_of(part: RequestedPart, *, at: datetime) -> QuerySet[Any]:
    """Return the records that a part names, as far as they are the owner's and not on refugees."""
    label, column = RELEASABLE[part.category]
    model = apps.get_model(label)
    by = system_actor(part.owner, name="release", purpose=part.request.purpose, at=at)
    rows = model._default_manager.visible_to(by, at=at).filter(owner=part.owner)  # type: ignore[attr-defined]  # gated
    rows = rows.exclude(on_refugees(model))
    if part.records:
        keys = [key for ref in part.records if (key := key_of(part.category, ref)) is not None]
        return rows.filter(pk__in=keys).order_by("pk")  # type: ignore[no-any-return]
    zone: Any = timezone.get_default_timezone()
    is_instant = model._meta.get_field(column).get_internal_type() == "DateTimeField"
    first, after = (start_of_day(day, zone) if is_instant else day for day in (part.first, part.after) if day)
    rows = rows.filter(**{f"{column}__gte": first, f"{column}__lt": after})
    if part.place_id is not None:
        rows = rows.filter(place__in=_inside(part.place_id))
    return rows.order_by("pk")  # type: ignore[no-any-return]


def file_of(request: OutsideRequest, parts: Sequence[RequestedPart], *, at: datetime) -> ReleasedFile:
    """Return the file of a request all of whose parts are approved: the same bytes for the same rows and words."""
    released: dict[str, dict[str, int]] = {}
    told: list[dict[str, object]] = []
    written = []
    for part in parts:
        rows = [_plain(row, part) for row in _masked(part, at=at)]
        released.setdefault(part.owner_id, {})[part.category] = len(rows)
        told.append(
            {"owner": part.owner_id, "category": part.category, "groups": part.approved_groups, "rows": len(rows)}
        )
        written.append({**told[-1], "records": rows})
    text = {
        "format": FORMAT,
        "request": request.ref,
        "to": request.asker,
        "letter": request.letter,
        "legal_basis": request.legal_basis,
        "purpose": request.purpose,
        "released_at": at.isoformat(),
        "parts": written,
    }
    content = json.dumps(text, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return ReleasedFile(content, released, told, sum(sum(of.values()) for of in released.values()))


def holds_protected(content: bytes) -> bool:
    """Tell whether a file holds a record that is by now on refugees, or about one that is (R11)."""
    for part in json.loads(content).get("parts", ()):
        model = apps.get_model(RELEASABLE[part["category"]][0])
        keys = [key_of(part["category"], record["record"]) for record in part["records"]]
        if model._default_manager.filter(on_refugees(model), pk__in=keys).exists():
            return True
    return False


def _masked(part: RequestedPart, *, at: datetime) -> list[Any]:
    rows = list(rows_of(part, at=at))
    by = system_actor(part.owner, name="release", purpose=part.request.purpose, at=at)
    decision = Decision(True, (part.request.ref,), fields=dict.fromkeys(part.approved_groups, FULL))
    mask(rows, {row.pk: decision for row in rows}, by, at=at)
    return rows


def _plain(row: Any, part: RequestedPart) -> dict[str, object]:
    """Return the approved columns of a masked row; what is not approved is not even named."""
    groups = field_groups()[part.category]
    names = {name for group in part.approved_groups for name in groups[group].attributes} - NEVER_WRITTEN
    columns = [column for column in row._meta.concrete_fields if column.name in names - ALWAYS_SHOWN]
    plain: dict[str, object] = {"record": row.ref, "simulated": getattr(row, "is_simulated", False)}
    for column in columns:
        plain[column.name] = _value(row, column)
    return plain


def _value(row: Any, column: Any) -> object:
    if column.name == "place":
        return row.place.code if row.place else None
    value = getattr(row, column.attname)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def _inside(place: int) -> Any:
    return PlaceAncestor.objects.filter(ancestor=place).values("descendant")
