"""Secrets come from files, and nonsense stops the start."""

import json
import os
import subprocess
import sys

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


READ = (
    "import json, kentongan.config.settings as s; print(json.dumps([s.SECRET_KEY_FALLBACKS, sorted(s.SECRET_FILES)]))"
)


def settings_in(home, **given) -> list:
    """Return the former keys and the names of secrets from files that a process with these variables reads."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KENTONGAN_", "DJANGO_"))}
    environment = kept | {"KENTONGAN_HOME": str(home), "KENTONGAN_SECRET_KEY": "kunci-kini"} | given
    done = subprocess.run([sys.executable, "-c", READ], env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return json.loads(done.stdout)


def test_former_secret_keys_stand_each_on_a_line_and_their_file_is_looked_at(tmp_path):
    file = tmp_path / "kunci-lama"
    file.write_text("kunci pertama, dengan koma\n\n kunci-kedua \n")

    former, files = settings_in(tmp_path, KENTONGAN_SECRET_KEY_FALLBACKS_FILE=str(file))

    assert former == ["kunci pertama, dengan koma", "kunci-kedua"]
    assert files == ["KENTONGAN_SECRET_KEY_FALLBACKS"]


def test_a_former_secret_key_of_the_environment_is_taken_and_none_is_none(tmp_path):
    assert settings_in(tmp_path, KENTONGAN_SECRET_KEY_FALLBACKS="kunci-lama") == [["kunci-lama"], []]
    assert settings_in(tmp_path) == [[], []]
