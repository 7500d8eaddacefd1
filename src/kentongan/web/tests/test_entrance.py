"""Signing in: closed registration, Indonesian words, no inline code."""

import re

import pytest
from allauth.mfa import app_settings
from allauth.utils import get_form_class
from django.urls import reverse


@pytest.fixture
def signed_in(client, officer_of):
    client.force_login(officer_of("kanim-atambua"))
    return client


@pytest.mark.django_db
def test_sign_in_page_speaks_indonesian_and_offers_no_registration(client):
    page = client.get(reverse("account_login"))

    text = page.content.decode()
    assert '<html lang="id">' in text
    assert "Masuk" in text
    assert reverse("account_signup") not in text


@pytest.mark.django_db
def test_registration_is_closed(client):
    page = client.get(reverse("account_signup"))

    assert "Pendaftaran tidak dibuka" in page.content.decode()


@pytest.mark.django_db
def test_sign_in_page_answers_in_english_when_asked(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/akun/login/"})

    page = client.get(reverse("account_login"))

    assert '<html lang="en">' in page.content.decode()


@pytest.mark.parametrize("name", ["mfa_index", "account_change_password", "mfa_list_webauthn"])
def test_security_pages_run_no_inline_code(signed_in, name):
    text = signed_in.get(reverse(name), follow=True).content.decode()

    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert "<style" not in text
    assert ' style="' not in text


@pytest.mark.django_db
def test_stated_purpose_is_kept_for_the_session_and_never_redirects_elsewhere(signed_in):
    answer = signed_in.post(reverse("purpose"), {"purpose": "investigation", "next": "https://example.org/"})

    assert answer.headers["Location"] == "/"
    assert signed_in.session["purpose"] == "investigation"


@pytest.mark.django_db
def test_unknown_purpose_changes_nothing(signed_in):
    signed_in.post(reverse("purpose"), {"purpose": "curiosity"})

    assert "purpose" not in signed_in.session


def test_a_key_is_named_in_the_language_of_the_page():
    adding, renaming = (get_form_class(app_settings.FORMS, name, None) for name in ("add_webauthn", "edit_webauthn"))

    assert {adding.base_fields["name"].label, renaming.base_fields["name"].label} == {"Nama kunci"}
    assert "passwordless" in adding.base_fields


def test_of_entries_that_lie_in_each_other_only_the_longest_is_current():
    from kentongan.web.context import NavigationItem, _nearest

    group = [NavigationItem("/kerawanan/", "Kerawanan", True), NavigationItem("/kerawanan/bobot/", "Bobot", True)]

    assert [item.is_current for item in _nearest(group)] == [False, True]


@pytest.mark.parametrize(
    ("reads", "may"), [({"vulnerability", "findings"}, True), ({"vulnerability"}, False), (set(), False)]
)
def test_an_entry_for_roles_that_read_both_is_not_for_who_reads_one(reads, may):
    from types import SimpleNamespace

    from kentongan.web.context import _may_open

    assert _may_open("vulnerability+findings", SimpleNamespace(role="analyst", reads=frozenset(reads))) is may
