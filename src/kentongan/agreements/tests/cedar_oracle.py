"""The gate once more, by other means: Cedar policies rendered from the rows of the database, judged by Cedar itself.

Nothing here calls the rule, the facts or the filter of the gate. One permit stands for each (clause, category, group of
fields), one for each grant; the firewalls are forbids, which in Cedar win over every permit. Cedar answers "allow" when a
forbid cannot be evaluated, so every policy is validated against a schema and an error of any kind is a denial.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from importlib import resources
from typing import Any

import cedarpy

from kentongan.agencies.models import Agency, AgencyParent, Membership
from kentongan.agreements.models import Clause, ConditionMet, Grant, Instrument
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind

JAKARTA = timezone(timedelta(hours=7))
WAYS = ("full", "blurred", "pseudonym")  # the fullest first

SCHEMA = """
entity Place in [Place];
entity Officer {
  agency: String, state: String, kind: String, reads: Set<String>, above: Set<String>, forums: Set<String>
};
entity Record in [Place] {
  record: String, category: String, owner: String, owner_state: String, owner_above: Set<String>, owner_forums: Set<String>,
  handling: String, is_placed: Bool, kinds: Set<String>, origins: Set<String>, came_under: String
};
"""

FIREWALLS = """
@id("role") forbid(principal, action, resource) unless { principal.reads.contains(resource.category) };
@id("protected") forbid(principal, action, resource)
  when { resource.handling == "protected" && resource.owner != principal.agency };
@id("origin") forbid(principal, action, resource)
  when { (resource.handling == "protected" || !resource.origins.isEmpty()) && !["ID", "XX"].contains(principal.state) }
  unless { !resource.origins.isEmpty() && !resource.origins.containsAny(["stateless", "claimed", "unknown"])
           && !resource.origins.contains(principal.state) };
@id("raw") forbid(principal, action, resource)
  when { ["reports", "readings"].contains(resource.category) && resource.owner != principal.agency
         && !["ID", "XX"].contains(principal.state) };
@id("vault") forbid(principal, action, resource)
  when { resource.category == "persons" && resource.owner != principal.agency };
@id("closed") forbid(principal, action, resource)
  when { ["military", "foreign_military", "intelligence"].contains(principal.kind)
         && resource.owner != principal.agency && resource.category != "alerts" };
"""

OPEN_KIND = '!["military", "foreign_military", "intelligence"].contains(principal.kind)'


@dataclass(frozen=True)
class Asked:
    """Who asks, and when."""

    name: str
    agency: str
    role: str
    purpose: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """What Cedar lets somebody see of a row."""

    looks: bool
    is_whole: bool
    fields: dict[str, str]


class Oracle:
    """Cedar over the clauses, grants and agencies that the database holds now."""

    def __init__(self, rows: Sequence[tuple[str, Any]]) -> None:
        """Render the policies; `rows` are (category, row)."""
        self._rows = rows
        self._groups = _groups_of_fields()
        self._agencies = {a.pk: a for a in Agency.objects.all()}
        self._kinds = defaultdict(set)
        for row in (row for category, row in rows if category == "events"):
            self._kinds[row.pk] = set(
                row.classifications.filter(withdrawn_at__isnull=True).values_list("kind_id", flat=True)
            )
        self._met = list(ConditionMet.objects.all())
        self._parents = list(AgencyParent.objects.all())
        self._seats = list(Membership.objects.all())
        self.policies = (
            FIREWALLS + self._own_and_supervised() + "".join(self._of_clauses()) + "".join(self._of_grants())
        )
        self._schema = cedarpy.Schema.from_str(SCHEMA + "".join(self._actions()))
        told = cedarpy.validate_policies(self.policies, self._schema)
        if not told.validation_passed:
            raise AssertionError([str(error) for error in told.errors])
        self._set = cedarpy.PolicySet.from_str(self.policies)

    def answers(self, questions: Sequence[Asked]) -> dict[tuple[str, Any], Answer]:
        """Return Cedar's answer to each question about each row."""
        entities = cedarpy.Entities.from_json_str(json.dumps(list(self._entities(questions))), self._schema)
        pairs = [(q, category, row) for q in questions for category, row in self._rows]
        first = [(q, c, row, f"{c}/{what}") for q, c, row in pairs for what in ("look", "whole")]
        allowed = dict(zip(((q.name, row.pk, a) for q, _c, row, a in first), self._ask(first, entities), strict=True))
        open_ones = [(q, c, row) for q, c, row in pairs if allowed[q.name, row.pk, f"{c}/look"]]
        shut = [(q, c, row) for q, c, row in pairs if not allowed[q.name, row.pk, f"{c}/look"]]
        more = [(q, c, row, f"{c}/{g}/{way}") for q, c, row in open_ones for g in self._groups[c] for way in WAYS]
        more += [(q, c, row, f"{c}/{g}/full") for q, c, row in shut for g in list(self._groups[c])[:1]]
        allowed |= dict(zip(((q.name, row.pk, a) for q, _c, row, a in more), self._ask(more, entities), strict=True))
        return {(q.name, row.pk): self._answer(q, c, row, allowed) for q, c, row in pairs}

    def _answer(self, q: Asked, category: str, row: Any, allowed: dict[Any, bool]) -> Answer:
        fields: dict[str, str] = {}
        for group in self._groups[category]:
            way = next((w for w in WAYS if allowed.get((q.name, row.pk, f"{category}/{group}/{w}"))), None)
            if way:
                fields[group] = way
        return Answer(allowed[q.name, row.pk, f"{category}/look"], allowed[q.name, row.pk, f"{category}/whole"], fields)

    def _ask(self, asked: Sequence[tuple[Asked, str, Any, str]], entities: Any) -> list[bool]:
        requests = [
            {
                "principal": {"type": "Officer", "id": q.name},
                "action": {"type": "Action", "id": action},
                "resource": {"type": "Record", "id": _record(row, q.at)},
                "context": {"purpose": q.purpose, "at": int(q.at.timestamp()), "standing": self._standing(row, q)},
            }
            for q, _category, row, action in asked
        ]
        answers = cedarpy.is_authorized_batch(requests, self._set, entities, self._schema)
        for answer in answers:
            assert not answer.diagnostics.errors, answer.diagnostics.errors
        return [answer.allowed and not answer.diagnostics.errors for answer in answers]

    # --- policies ---

    def _actions(self) -> Iterable[str]:
        for category, groups in self._groups.items():
            yield f'action "{category}";\n'
            names = [
                f"{category}/look",
                f"{category}/whole",
                *(f"{category}/{g}/{way}" for g in groups for way in WAYS),
            ]
            quoted = ", ".join(f'"{name}"' for name in names)
            yield (
                f'action {quoted} in ["{category}"] appliesTo {{ principal: [Officer], resource: [Record],'
                " context: { purpose: String, at: Long, standing: Set<String> } };\n"
            )

    def _own_and_supervised(self) -> str:
        cared_for = [row["category"] for row in _table("supervision.csv") if row["supervised"] == "yes"]
        return (
            '@id("own") permit(principal, action, resource) when { resource.owner == principal.agency };\n'
            f'@id("supervised") permit(principal, action, resource) when {{ {OPEN_KIND}'
            f" && resource.owner_above.contains(principal.agency) && {_set(cared_for)}.contains(resource.category) }};\n"
        )

    def _of_clauses(self) -> Iterable[str]:
        known = list(Kind.objects.values_list("code", flat=True))
        onward = " || ".join(
            f'(resource.came_under == "clause:{c.pk}" && {stands})'
            for c in Clause.objects.select_related("instrument")
            if c.onward == "allowed" and (stands := _in_force(c))
        )
        for clause in Clause.objects.prefetch_related("roots", "exceptions").select_related("instrument"):
            stands = _in_force(clause)
            if not stands or clause.precision == "aggregate":
                continue
            wanted = {
                k
                for code in clause.kinds
                for k in (code, *(c for c in known if c.split(".")[: code.count(".") + 1] == code.split(".")))
            }
            needed = sorted({*clause.conditions, *(["consent"] if clause.transfer_basis == "consent" else [])})
            when = [
                OPEN_KIND,
                _side(
                    "resource.owner",
                    "resource.owner_above",
                    "resource.owner_forums",
                    "resource.owner_state",
                    clause,
                    "giver",
                ),
                _side("principal.agency", "principal.above", "principal.forums", "principal.state", clause, "receiver"),
                f"{_set(clause.purposes)}.contains(context.purpose)" if clause.purposes else "false",
                stands,
                _territory(clause),
                f"resource.kinds.containsAny({_set(sorted(wanted))})" if wanted else "true",
                f"context.standing.containsAll({_set(needed)})" if needed else "true",
                "true" if clause.transfer_basis else "resource.owner_state == principal.state",
                f'(resource.came_under == "" || {onward or "false"})',
            ]
            for category, named in clause.releases.items():
                yield from self._of_category(clause, category, named, " && ".join(when))

    def _of_category(self, clause: Clause, category: str, named: dict[str, str], when: str) -> Iterable[str]:
        given = {group: "full" for group, always in self._groups[category].items() if always} | named
        if clause.precision == "district" and given.get("place") == "full":
            given["place"] = "blurred"
        if category == "events" and (given.get("place"), given.get("persons")) != ("full", "full"):
            given.pop("title", None)
        told = [(f"{category}/{group}/{way}") for group, way in given.items()]
        for action in [*told, f"{category}/look"] if told else []:
            yield (
                f'@id("{clause.pk} {action}") permit(principal, action == Action::"{action}", resource) when {{'
                f' resource.category == "{category}" && {when} }};\n'
            )

    def _of_grants(self) -> Iterable[str]:
        for grant in Grant.objects.all():
            always = [g for g, is_always in self._groups[grant.category].items() if is_always]
            told = [f"{grant.category}/{g}/full" for g in (*grant.fields, *always)]
            actions = (
                ", ".join(f'Action::"{a}"' for a in (*told, f"{grant.category}/look"))
                if grant.fields
                else f'Action::"{grant.category}"'
            )
            ends = f" && context.at < {int(grant.valid_to.timestamp())}" if grant.valid_to else ""
            yield (
                f'@id("{grant.pk}") permit(principal, action in [{actions}], resource) when {{ principal.agency == "{grant.agency_id}"'
                f' && resource.record == "{grant.record}" && context.at >= {int(grant.valid_from.timestamp())}{ends} }};\n'
            )

    # --- entities ---

    def _entities(self, questions: Sequence[Asked]) -> Iterable[dict[str, Any]]:
        for place in Place.objects.all():
            yield _entity("Place", str(place.pk), {}, [("Place", str(place.parent_id))] if place.parent_id else [])
        reads: dict[str, list[str]] = defaultdict(list)
        for row in _table("roles.csv"):
            if row["reads"] == "yes":
                reads[row["role"]].append(row["category"])
        for q in questions:
            agency = self._agencies[q.agency]
            above, forums = self._above(q.agency, _day(q.at)), self._forums(q.agency, _day(q.at))
            attributes = {
                "agency": q.agency,
                "state": agency.country,
                "kind": agency.kind,
                "reads": reads[q.role],
                "above": above,
                "forums": forums,
            }
            yield _entity("Officer", q.name, attributes, [])
        for day in {_day(q.at) for q in questions}:
            for category, row in self._rows:
                yield self._record(category, row, day)

    def _record(self, category: str, row: Any, day: date) -> dict[str, Any]:
        about = [a for a in (getattr(row, "event", None), getattr(row, "finding", None)) if a and category == "alerts"]
        hidden = [a for a in about if a.handling == "protected"]
        handling = "protected" if hidden else row.handling
        origins = sorted({*row.origins, *(state for a in hidden for state in a.origins)})
        attributes = {
            "record": str(row.pk), "category": category, "owner": row.owner_id, "owner_state": self._agencies[row.owner_id].country,
            "owner_above": self._above(row.owner_id, day), "owner_forums": self._forums(row.owner_id, day), "handling": handling,
            "is_placed": row.place_id is not None, "kinds": sorted(self._kinds[row.pk]), "origins": origins, "came_under": row.agreement_ref,
        }  # fmt: skip
        return _entity("Record", f"{row.pk} {day}", attributes, [("Place", str(row.place_id))] if row.place_id else [])

    def _above(self, agency: str, day: date) -> list[str]:
        found: list[str] = []
        here = [agency]
        while here:
            here = [
                p.parent_id
                for p in self._parents
                if p.agency_id in here and _holds(p, day) and p.parent_id not in found
            ]
            found += here
        return found

    def _forums(self, agency: str, day: date) -> list[str]:
        return [s.forum_id for s in self._seats if s.agency_id == agency and _holds(s, day)]

    def _standing(self, row: Any, q: Asked) -> list[str]:
        return sorted(
            {
                m.condition
                for m in self._met
                if m.record == row.pk
                and m.receiver_id in (None, q.agency)
                and m.valid_from <= q.at
                and (m.valid_to is None or q.at < m.valid_to)
            }
        )


def _entity(kind: str, name: str, attributes: dict[str, Any], parents: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": name},
        "attrs": attributes,
        "parents": [{"type": t, "id": i} for t, i in parents],
    }


def _record(row: Any, at: datetime) -> str:
    return f"{row.pk} {_day(at)}"


def _day(at: datetime) -> date:
    return at.astimezone(JAKARTA).date()


def _holds(dated: Any, day: date) -> bool:
    return (dated.valid_from is None or dated.valid_from <= day) and (dated.valid_to is None or day < dated.valid_to)


def _set(words: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _side(agency: str, above: str, forums: str, state: str, clause: Clause, which: str) -> str:
    named, of_state = getattr(clause, f"{which}_id"), getattr(clause, f"{which}_state")
    if named:
        below = f' || {above}.contains("{named}")' if getattr(clause, f"{which}_with_below") else ""
        return f'({agency} == "{named}" || {forums}.contains("{named}"){below})'
    return f'{state} == "{of_state}"' if of_state else "false"


def _territory(clause: Clause) -> str:
    inside = " || ".join(f'resource in Place::"{p.pk}"' for p in clause.roots.all()) or "false"
    tests = ["true" if clause.is_everywhere else f"({inside})"]
    if out := list(clause.exceptions.all()):
        tests += ["resource.is_placed", *(f'!(resource in Place::"{p.pk}")' for p in out)]
    return " && ".join(tests)


def _in_force(clause: Clause) -> str:
    """Return when a clause stands, as a test of the time; empty when it never does.

    Looked at, instant by instant, wherever anything may change: between two of them nothing does.
    """
    if clause.approved_at is None:
        return ""
    line = []
    instrument: Instrument | None = clause.instrument
    while instrument is not None:
        line.append((instrument, sorted(instrument.changes.all(), key=lambda c: (c.effective_at, c.pk))))
        instrument = instrument.parent
    turns = {clause.approved_at, *([clause.ended_at] if clause.ended_at else [])}
    for one, changes in line:
        turns |= {_midnight(d) for d in (one.in_force_from, one.in_force_to, *(c.until for c in changes)) if d}
        turns |= {c.effective_at for c in changes}
    ordered = sorted(turns)
    tests = []
    for number, turn in enumerate(ordered):
        is_within = clause.approved_at <= turn and (clause.ended_at is None or turn < clause.ended_at)
        if is_within and all(_stands(one, changes, turn) for one, changes in line):
            ends = f" && context.at < {int(ordered[number + 1].timestamp())}" if number + 1 < len(ordered) else ""
            tests.append(f"(context.at >= {int(turn.timestamp())}{ends})")
    return f"({' || '.join(tests)})" if tests else ""


def _stands(instrument: Instrument, changes: Sequence[Any], at: datetime) -> bool:
    """Return whether the instrument itself is in force, telling its story up to that instant."""
    if instrument.in_force_from is None:
        return False
    since = _midnight(instrument.in_force_from)
    until = _midnight(instrument.in_force_to) if instrument.in_force_to else None
    is_suspended = False
    for change in (c for c in changes if c.effective_at <= at and c.taken_back_at is None):
        if change.what == "withdrawn":
            return False
        if change.what in ("suspended", "resumed"):
            is_suspended = change.what == "suspended"
        if change.what == "renewed":
            if until is not None and change.effective_at > until:
                since = change.effective_at
            until = _midnight(change.until) if change.until else None
    return not is_suspended and since <= at and (until is None or at < until)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=JAKARTA)


def _groups_of_fields() -> dict[str, dict[str, bool]]:
    """Return category -> group -> whether it comes with every release."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in _table("fields.csv"):
        found[row["category"]][row["group"]] = row["always"] == "yes"
    found.setdefault("persons", {})
    return found


def _table(name: str) -> list[dict[str, str]]:
    with resources.files("kentongan.agreements").joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
