"""R18: a module with personal data is off until its impact assessment is recorded, and off again when that ends."""

import ast
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kentongan.agreements.access import protected_models
from kentongan.agreements.modules import end_assessment, is_on, modules
from kentongan.vault import urls
from kentongan.vault.actions import open_identity
from kentongan.vault.models import Identity
from kentongan.vault.tests.making import NAME, REASON, stored, switch_on

from .surfaces import SOURCE

PERSONAL_CATEGORIES = {"persons", "cases", "crossings", "protected_register"}
WORKS_WHILE_OFF = {"identity_detail", "consent_withdraw", "identity_erase"}
"""What a person's right needs does not wait for a switch, and shows nothing of the identity."""


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "keys"


@pytest.mark.django_db
def test_a_fresh_installation_has_every_such_module_off(now):
    assert modules()
    assert [name for name in modules() if is_on(name, at=now)] == []


def test_every_room_that_keeps_persons_is_a_module_with_a_switch():
    """A new room cannot be forgotten: its protected category puts it on the list."""
    rooms = {m._meta.app_label for m, category in protected_models().items() if category in PERSONAL_CATEGORIES}

    assert rooms
    assert rooms <= set(modules())


def test_every_deed_of_the_vault_asks_for_the_switch_or_serves_a_persons_right():
    tree = ast.parse((SOURCE / "vault" / "actions.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    asking = {
        name
        for name, node in functions.items()
        if any(isinstance(n, ast.Name) and n.id == "demand_module" for n in ast.walk(node))
    }
    recording = {
        name
        for name, node in functions.items()
        if any(isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == "Trail" for n in ast.walk(node))
    }

    assert recording - asking == {"_erase", "withdraw_consent", "_noted", "_record_consent"}
    assert {"store_identity", "_open", "_correct", "_consent"} <= asking


@pytest.fixture
def office(gazetteer_rows, actor_of, officer_of):
    at = timezone.now()
    assessment = switch_on(at)
    by = actor_of("kanim-atambua", role="case_officer", purpose="investigation")
    identity = stored(by, at)
    client = Client()
    client.force_login(officer_of("kanim-atambua", role="case_officer", username="meja"))
    return client, identity, by, assessment


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda pattern: pattern.name)
def test_every_page_of_the_vault_says_plainly_that_it_is_off_and_what_is_needed(office, pattern):
    client, identity, _by, assessment = office
    assessment.delete()
    path = reverse(pattern.name, args=[identity.pk] if pattern.pattern.converters else [])

    answers = [
        client.get(path),
        client.post(path, {"ground": "imminent_risk", "reason": REASON, "revision": str(identity.revision)}),
    ]

    shown = [answer for answer in answers if answer.status_code != 405]
    assert shown
    if pattern.name not in WORKS_WHILE_OFF:
        assert {answer.status_code for answer in shown} == {403}
        assert all("penilaian dampak" in answer.content.decode() for answer in shown)
        assert all(reverse("module_list") in answer.content.decode() for answer in shown)
    assert not any(NAME in answer.content.decode() for answer in answers)


def test_the_kill_switch_works_at_once_on_what_is_stored_already(office, actor_of):
    client, identity, by, _assessment = office
    at = timezone.now()
    assert open_identity(identity=identity, ground="imminent_risk", reason=REASON, by=by, at=at).fields.name == NAME

    end_assessment(module="vault", why="kebocoran diselidiki", by=actor_of("ditjenim", role="overseer"), at=at)

    answer = client.post(reverse("identity_open", args=[identity.pk]), {"ground": "imminent_risk", "reason": REASON})
    assert answer.status_code == 403
    assert NAME not in answer.content.decode()
    assert Identity.objects.filter(pk=identity.pk, erased_at=None).exists()


def test_the_api_names_the_refusal_by_a_stable_code(office):
    from datetime import timedelta

    from kentongan.agencies.models import Officer
    from kentongan.agencies.staff import issue_token

    _client, _identity, by, assessment = office
    assessment.delete()
    at = timezone.now()
    officer = Officer.objects.get(username="meja")
    token = issue_token(
        officer=officer, name="uji", purpose="prevention", expires_at=at + timedelta(days=1), by=by, at=at
    ).secret

    answer = Client().post(
        "/api/v1/reports",
        json.dumps({"text": "Lima orang lewat.", "reporter": {"name": NAME}}),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "modules.off")
    assert "penilaian dampak" in answer.json()["detail"]
