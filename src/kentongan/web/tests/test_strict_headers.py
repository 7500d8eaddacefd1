"""Every kind of answer is strict: pages, the API, refusals, faults, fixed files."""

import pytest
from django.test import Client
from django.urls import path

from kentongan.config.urls import urlpatterns as every_address
from kentongan.maps.views import A_DAY

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _fails(_request):
    raise RuntimeError("of ours")


urlpatterns = [path("gagal/", _fails), path("api/gagal/", _fails), *every_address]


@pytest.fixture
def browser(officer_of, settings):
    settings.ROOT_URLCONF = __name__
    settings.WHITENOISE_USE_FINDERS = True  # nothing is collected for a test
    made = Client(raise_request_exception=False)
    made.force_login(officer_of())
    return made


KINDS = {
    "a page": ("/akun-saya/sesi/", 200),
    "the sign-in page": ("/akun/login/", 302),
    "the API, refused": ("/api/v1/events", 401),
    "the API's description": ("/api/v1/openapi.json", 200),
    "the API, no such address": ("/api/v1/tidak-ada", 404),
    "the API, a fault of ours": ("/api/gagal/", 500),
    "absent": ("/tidak-ada/", 404),
    "refused": ("/petugas/", 403),
    "an unreadable address": ("/?q=%00", 400),
    "the wrong method": ("/tujuan/", 405),
    "a fault of ours": ("/gagal/", 500),
    "a fixed file": ("/static/web/kentongan.css", 200),
}


@pytest.mark.parametrize(("address", "status"), KINDS.values(), ids=KINDS)
def test_every_kind_of_answer_is_strict(address, status, browser):
    answer = browser.get(address)
    answer.close()

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]
    is_fixed = address.startswith("/static/")
    assert ("no-store" in answer.headers.get("Cache-Control", "")) is not is_fixed


def test_what_is_not_signed_in_is_strict_too(client, db):
    answer = client.get("/akun/login/")

    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "no-store" in answer.headers["Cache-Control"]


def test_only_outlines_that_hold_no_record_are_kept_by_a_browser(browser):
    answer = browser.get("/peta/batas.geojson")

    assert answer.headers["Cache-Control"] == f"private, max-age={A_DAY}"


def test_with_https_browsers_are_told_to_stay_with_it(browser, settings):
    settings.SECURE_HSTS_SECONDS = 31536000

    assert browser.get("/akun-saya/sesi/", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
