"""Secrets come from files, and nonsense stops the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from kentongan.config import settings as source


@pytest.fixture
def given(tmp_path, monkeypatch):
    """Ask for a secret that stands in a file: `given("isi")`, and see which file it was."""
    monkeypatch.setattr(source, "SECRET_FILES", {})

    def ask(content: str, *, value: str = "") -> str:
        file = tmp_path / "rahasia"
        file.write_text(content)
        return source._given("KENTONGAN_OIDC_CLIENT_SECRET", value, str(file))

    return ask


def test_a_secret_is_read_from_its_file_and_the_file_is_remembered(given, tmp_path):
    assert given("sandi-rahasia\n") == "sandi-rahasia"
    assert source.SECRET_FILES["KENTONGAN_OIDC_CLIENT_SECRET"] == tmp_path / "rahasia"


def test_a_secret_of_the_environment_is_taken_where_no_file_is_named():
    assert source._given("X", "nilai", None) == "nilai"
    assert source._given("X", None, None) == ""


def test_two_secrets_under_one_name_are_refused(given):
    with pytest.raises(ImproperlyConfigured, match="keduanya"):
        given("satu", value="dua")


@pytest.mark.parametrize("content", ["", "  \n"])
def test_an_empty_file_is_no_secret(content, given):
    with pytest.raises(ImproperlyConfigured, match="kosong"):
        given(content)


def test_a_file_that_is_not_there_is_no_secret(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="tidak ada"):
        source._given("DATABASE_URL", None, str(tmp_path / "tidak-ada"))


def test_the_provider_is_asked_with_pkce_and_the_class_that_is_demanded():
    made = source.outside_provider("https://login.contoh.go.id", "Contoh", "a", "b", ["urn:dua"])["openid_connect"]

    assert made["OAUTH_PKCE_ENABLED"] is True
    assert made["AUTH_PARAMS"] == {"acr_values": "urn:dua"}
