"""A vault that is switched on, with keys of its own."""

import pytest

from kentongan.vault.tests.making import stored, switch_on


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """Each test has its own folder of keys."""
    settings.VAULT_KEYS = tmp_path / "keys"
    return settings.VAULT_KEYS


@pytest.fixture
def switched_on(db, now):
    return switch_on(now)


@pytest.fixture
def officer(actor_of, gazetteer_rows):
    """Somebody who may open: a case officer with the purpose of investigation."""
    return actor_of("kanim-atambua", role="case_officer", purpose="investigation")


@pytest.fixture
def identity(switched_on, officer, now):
    return stored(officer, now)
