"""The texts of the screens: Indonesian in the source. That each has its English, `make lint` asks."""

import re
from pathlib import Path

import pytest
from django.conf import settings

import kentongan

CATALOGUE = Path(kentongan.__file__).parent / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
ENGLISH = re.compile(r"\b(the|and|of|with|your|you|this|is|are|not|has|have|please|must|no)\b", re.IGNORECASE)
ALSO_INDONESIAN = {"no"}  # an abbreviation of nomor


def test_no_text_of_the_source_is_english():
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as file:
        messages = [message.id for message in read_po(file, locale="en") if message.id]
    texts = [text for message in messages for text in ((message,) if isinstance(message, str) else message)]

    english = [text for text in texts if {word.lower() for word in ENGLISH.findall(text)} - ALSO_INDONESIAN]

    assert english == []


def test_catalogue_names_no_person_and_no_time():
    headers = CATALOGUE.read_text(encoding="utf-8")[:600]

    assert "Last-Translator" not in headers
    assert "Date" not in headers


def test_compiled_catalogue_speaks_english(client, db):
    if not CATALOGUE.with_suffix(".mo").exists():
        pytest.fail(
            "The catalogue is not compiled: run `make setup` (pybabel compile -D django -d src/kentongan/config/locale)."
        )

    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert "Sign in" in client.get("/akun/login/").content.decode()


def test_indonesian_is_spoken_until_somebody_chooses_whatever_the_browser_prefers(client, db):
    page = client.get("/akun/login/", headers={"Accept-Language": "en"})

    assert "Sign in" not in page.content.decode()
    assert page.headers["Content-Language"] == "id"
