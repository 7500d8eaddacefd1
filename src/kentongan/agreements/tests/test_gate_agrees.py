"""Four ways to ask the same thing give the same answer: the pure rule, the list on the database under test, the masked
row, and Cedar over policies rendered from the same clauses. Row for row and field for field."""

import csv
from collections import Counter
from datetime import date
from importlib import resources

import pytest
from django.apps import apps
from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.extra.django import TestCase

from kentongan.agreements import access
from kentongan.agreements.facts import GrantFacts, Row
from kentongan.agreements.models import ConditionMet, Grant
from kentongan.agreements.rules import decide

from .cedar_oracle import Asked, Oracle
from .gate_problems import MODELS, PLACES, World, examples, store_reference, worlds

ROWS, QUESTIONS, WORLDS = 10, 20, 25
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a drawn seed does not shrink
CASES = "actor x record x purpose x day"
ALWAYS = {"id", "owner", "handling", "purpose", "legal_basis", "agreement_ref", "retain_until", "is_simulated"}
counted: Counter[str] = Counter()


class TestTheGateAgrees(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        store_reference()

    @given(worlds(rows=ROWS, questions=QUESTIONS))
    @settings(max_examples=examples(WORLDS), deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
    def test_rule_list_masked_row_and_cedar_give_one_answer(self, world: World) -> None:
        compare(world)

    @pytest.mark.nightly
    @given(worlds(rows=ROWS, questions=QUESTIONS))
    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
    def test_they_give_one_answer_to_a_hundred_thousand_questions(self, world: World) -> None:
        compare(world)


@pytest.fixture(autouse=True, scope="module")
def _counts(pytestconfig):
    """Print how much was compared, and fail if it was less than is claimed."""
    yield
    if counted:
        with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print("\nthe gate agrees:", ", ".join(f"{number:,} {what}" for what, number in sorted(counted.items())))  # noqa: T201 - what was compared belongs in the output
        assert counted[CASES] >= ROWS * QUESTIONS * WORLDS, counted


def compare(world: World) -> None:
    """Fail where two of the ways differ."""
    stored = world.store()
    rows = [(spec.category, row) for spec, row in zip(world.rows, stored.rows, strict=True)]
    asked = [Asked(f"q{n}", q.agency, q.role, q.purpose, q.at) for n, q in enumerate(world.questions)]
    cedar = Oracle(rows).answers(asked)
    facts = _Facts(world, stored)
    for question, officer in zip(asked, stored.officers, strict=True):
        actor = access.actor_for(officer, purpose=question.purpose, at=question.at)
        decisions = {}
        for number, (category, row) in enumerate(rows):
            decision = decide(actor, facts.row(number, actor, question.at), facts.grants(row), at=question.at)
            decisions[row.pk] = decision
            answer = cedar[question.name, row.pk]
            told = decision.fields if not decision.is_whole else dict.fromkeys(GROUPS.get(category, {}), "full")
            assert (decision.allowed, decision.is_whole, dict(told)) == (answer.looks, answer.is_whole, answer.fields), (
                question, world.rows[number], decision,
            )  # fmt: skip
            counted[CASES] += 1
            counted["shown"] += decision.allowed
            counted["shown in part"] += decision.allowed and not decision.is_whole
            counted["shown by a clause"] += bool(decision.clauses)
        for category, names in MODELS.items():
            for model in map(apps.get_model, names):
                _compare_lists(
                    category, model, [row for _c, row in rows if type(row) is model], actor, question, decisions
                )


def _compare_lists(category, model, rows, actor, question, decisions) -> None:
    """The list of a model, each field asked of it, and the rows that come out of it."""
    if not rows:
        return
    ours = {row.pk for row in rows}
    seen = model.objects.visible_to(actor, at=question.at).filter(pk__in=ours)
    allowed = {pk for pk in ours if decisions[pk].allowed}
    assert set(seen.values_list("pk", flat=True)) == allowed, question
    assert seen.count() == len(allowed)
    if not allowed:
        return  # whatever is asked of a list narrows it: of an empty one nothing comes

    full = {g: {pk for pk in allowed if decisions[pk].release_of(g) == "full"} for g in GROUPS.get(category, {})}
    for group, columns in GROUPS.get(category, {}).items():
        assert set(seen.showing(group).values_list("pk", flat=True)) == full[group], (question, group)
        if (column := _asked_of(model, columns)) and not ALWAYS_TOLD[category, group]:
            either = Q(**{f"{column}__isnull": False}) | Q(**{f"{column}__isnull": True})
            found = set(seen.filter(either).values_list("pk", flat=True))
            assert found == full[group], (question, column)
            counted["fields asked"] += 1
    every = {pk for pk in allowed if all(pk in told for told in full.values())}
    assert set(model.objects.whole_for(actor, at=question.at).filter(pk__in=ours).values_list("pk", flat=True)) == every
    assert {values["id"] for values in seen.values()} == {pk for pk in allowed if decisions[pk].is_whole}

    originals = {row.pk: row for row in rows}
    for row in seen:
        _compare_fields(category, originals[row.pk], row, decisions[row.pk], actor)


def _compare_fields(category, original, shown, decision, actor) -> None:
    for column in original._meta.concrete_fields:
        kept, told = getattr(original, column.attname), getattr(shown, column.attname)
        group = next((g for g, columns in GROUPS.get(category, {}).items() if column.name in columns), None)
        release = "full" if decision.is_whole or column.name in ALWAYS else decision.fields.get(group, "")
        counted["fields compared"] += 1
        if release == "full":
            assert told == kept, column.name
        elif release == "blurred" and column.name == "place":
            assert told == district(kept)
        elif release == "blurred" and isinstance(kept, date):
            assert told.day == 1
            assert told != kept
        elif release == "pseudonym" and isinstance(kept, str) and kept:
            assert told.startswith("Samaran ")
            assert kept not in told
        elif release == "blurred" and column.name == "precision":
            assert told == "month"
        elif kept not in (None, "", [], {}, False):
            assert told != kept or told == column.get_default(), (column.name, told)
    for relation in original._meta.related_objects:
        name = relation.get_accessor_name()
        group = next((g for g, columns in RELATED.get(category, {}).items() if name in columns), None)
        if name and not decision.is_whole and decision.fields.get(group) != "full":
            assert not getattr(shown, name).exists()


def district(place):
    """Return the place's district, or the place where it is no finer."""
    while place is not None and PLACES[place][1] == "village":
        place = PLACES[place][2]
    return place


def _asked_of(model, columns) -> str | None:
    return next((c.name for c in model._meta.concrete_fields if c.name in columns), None)


class _Facts:
    """What the rule is told of a world's rows: from what was drawn, not by the gate's own reading."""

    def __init__(self, world, stored) -> None:
        self._world, self._stored = world, stored
        keys = [row.pk for row in stored.rows]
        self._met, self._granted = ({key: [] for key in keys} for _each in range(2))
        for met in ConditionMet.objects.filter(record__in=keys):
            self._met[met.record].append(met)
        for grant in Grant.objects.filter(record__in=keys):
            self._granted[grant.record].append(grant)

    def row(self, number, actor, at) -> Row:
        spec, row = self._world.rows[number], self._stored.rows[number]
        within, place = set(), spec.place
        while place is not None:
            within.add(place)
            place = PLACES[place][2]
        about = (row.event or row.finding) if spec.category == "alerts" else None
        is_hidden = about is not None and about.handling == "protected"
        handling, origins = (
            ("protected", {*spec.origins, *about.origins}) if is_hidden else (spec.handling, spec.origins)
        )
        standing = {
            m.condition for m in self._met[row.pk]
            if m.valid_from <= at and (m.valid_to is None or at < m.valid_to) and m.receiver_id in (None, actor.agency)
        }  # fmt: skip
        return Row(
            row.pk, spec.category, spec.owner, handling, owner_body=actor.bodies.get(spec.owner), within=frozenset(within),
            kinds=frozenset(spec.kinds), conditions=frozenset(standing), origins=frozenset(origins), came_under=row.agreement_ref,
        )  # fmt: skip

    def grants(self, row) -> tuple[GrantFacts, ...]:
        category = access.category_of(type(row))
        always = {group for (of, group), told in ALWAYS_TOLD.items() if of == category and told}
        return tuple(
            GrantFacts(
                g.record,
                g.agency_id,
                g.valid_from,
                g.valid_to,
                g.because,
                frozenset([*g.fields, *always] if g.fields else []),
            )
            for g in self._granted[row.pk]
        )


def _groups(column):
    found: dict[str, dict[str, set[str]]] = {}
    for row in TABLE:
        found.setdefault(row["category"], {})[row["group"]] = set(filter(None, row[column].split("|")))
    return found


with resources.files("kentongan.agreements").joinpath("data", "fields.csv").open(encoding="utf-8") as file:
    TABLE = list(csv.DictReader(file))
GROUPS, RELATED, OF_RELATED = _groups("attributes"), _groups("related"), _groups("related_columns")
ALWAYS_TOLD = {(row["category"], row["group"]): row["always"] == "yes" for row in TABLE}


@pytest.mark.django_db
def test_every_group_of_fields_names_columns_and_relations_that_the_models_have():
    for category, names in MODELS.items():
        models = [apps.get_model(name) for name in names]
        columns = {c.name for model in models for c in model._meta.concrete_fields}
        related = {r.get_accessor_name(): r.related_model for model in models for r in model._meta.related_objects}
        for group, named in GROUPS.get(category, {}).items():
            assert named <= columns, (category, group)
            assert RELATED[category][group] <= related.keys(), (category, group)
            for way, column in (pair.split(".") for pair in OF_RELATED[category][group]):
                behind = related[way]
                assert column in {c.name for c in behind._meta.concrete_fields}, (category, group)


def test_the_worlds_have_a_row_for_every_protected_model():
    assert {model._meta.label for model in access.protected_models()} == {
        name for names in MODELS.values() for name in names
    }


@pytest.mark.django_db
def test_an_error_in_a_forbid_is_a_denial_and_a_policy_outside_the_schema_does_not_stand(monkeypatch):
    from . import cedar_oracle

    monkeypatch.setattr(
        cedar_oracle, "FIREWALLS", 'forbid(principal, action, resource) when { principal.rank == "x" };'
    )

    with pytest.raises(AssertionError):
        cedar_oracle.Oracle([])
