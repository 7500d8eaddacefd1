"""What holds for every page: a strict policy, no inline code, little weight, one language."""

import re
from pathlib import Path

import pytest
from django import forms
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

import kentongan

SOURCE = Path(kentongan.__file__).parent
TEMPLATES = sorted(SOURCE.glob("*/templates/**/*.html"))
WEIGHT_LIMIT = 150_000
NOT_PAGES = {
    "map_events",
    "map_operations",
    "map_findings",
    "map_posts",
    "map_border",
    "map_land",
    "map_municipalities",
    "map_corridors",
    "map_partners",
    "map_vulnerability",
    "map_vulnerability_export",
    "count_export",
    "index_csv",
    "index_xlsx",
    "partner_csv",
    "partner_xlsx",
    "outcome_export",
    "cap_feed",
    "notice_count",
    "desk_mark",
    "desk_queue",
}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle=|\son[a-z]+=|javascript:")

ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html"]

TAG = re.compile(r"{%.*?%}")


def _pages(resolver=None, prefix=""):
    """Return the addresses without a variable part of every room."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            if not route.startswith(("api/", "akun/")):
                yield from _pages(pattern, route)
        elif isinstance(pattern, URLPattern) and "<" not in route and pattern.name not in NOT_PAGES:
            yield f"/{route}"


PAGES = sorted(set(_pages()))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_template_holds_no_inline_script_or_style(template):
    markup = TAG.sub("", template.read_text(encoding="utf-8"))  # a template tag may have an argument of such a name

    found = INLINE.search(markup)

    assert found is None, found


def test_there_are_pages_to_look_at():
    assert "/" in PAGES
    assert len(PAGES) > 10


@pytest.mark.parametrize("role", ["analyst", "administrator"])
@pytest.mark.parametrize("address", PAGES)
def test_page_is_light_strict_and_says_its_language(client, officer_of, gazetteer_rows, address, role):
    client.force_login(officer_of(role=role))

    page = client.get(address)

    if page.status_code in (302, 405):
        return  # leads elsewhere, or takes forms only: not a page to read
    text = page.content.decode()
    assert '<html lang="id">' in text
    assert INLINE.search(text) is None
    assert len(page.content) + _static_weight(text) < WEIGHT_LIMIT


def _static_weight(text):
    """Return the bytes of the styles and scripts that a page names, without those of the map."""
    from django.contrib.staticfiles import finders

    named = re.findall(r'(?:href|src)="/static/([^"]+)"', text)
    return sum(
        Path(finders.find(name)).stat().st_size
        for name in named
        if not name.startswith(("web/vendor/", "maps/")) and finders.find(name)
    )


def test_policy_lets_nothing_in_from_elsewhere_and_nothing_inline(client, db):
    policy = client.get("/akun/login/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "blob:" not in policy


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_need_no_database_and_tell_what_to_do(name):
    text = get_template(name).render({})

    assert "Ke Beranda" in text


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_say_that_the_data_are_simulated(name, settings):
    settings.IS_DEMONSTRATION = True

    assert "Data simulasi" in get_template(name).render()


def test_an_address_opened_in_the_wrong_way_gets_a_page(client, officer_of):
    client.force_login(officer_of())

    answer = client.get("/tujuan/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Alamat ini tidak dibuka dengan cara itu" in answer.content.decode()
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_table_of_many_columns_becomes_cards_on_a_phone(template):
    tables = template.read_text(encoding="utf-8").split("<table")[1:]

    wide = [table for table in tables if table.partition("</thead>")[0].count("<th ") > 3]

    assert all("data--stack" in table.partition(">")[0] for table in wide)


def test_a_box_to_tick_stands_before_its_words_and_needs_no_note_that_it_may_stay_empty():
    class Ticking(forms.Form):
        urgent = forms.BooleanField(label="Mendesak", required=False)

    markup = str(Ticking())

    assert re.search(r"<label[^>]*><input[^>]*> Mendesak</label>", markup)
    assert "boleh kosong" not in markup


def test_absent_address_gets_the_designed_page(client, db):
    answer = client.get("/tidak/ada/")

    assert answer.status_code == 404
    assert "Halaman tidak ditemukan" in answer.content.decode()


def test_form_from_an_old_page_is_refused_in_words(officer_of):
    from django.test import Client

    careful = Client(enforce_csrf_checks=True)
    careful.force_login(officer_of())

    answer = careful.post("/tujuan/", {"purpose": "investigation"})

    assert answer.status_code == 403
    assert "Formulir kedaluwarsa" in answer.content.decode()
