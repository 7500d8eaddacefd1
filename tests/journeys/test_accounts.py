"""Accounts: made by an administrator, with a password of one's own, a second factor, a passkey."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Page, expect

from .browser import Desks, confirm_password, sign_in

pytestmark = pytest.mark.browser

PERIOD_S = 30
MARGIN_S = 10
"""A code is not used when it expires sooner than this: a busy machine may take that long to send it."""


def test_an_officer_made_by_the_administrator_must_choose_a_password_of_their_own(desks: Desks) -> None:
    administrator = desks.of("admin")
    administrator.goto("/petugas/")
    administrator.get_by_role("link", name="Petugas baru").click()
    administrator.get_by_label("Nama pengguna").fill("petugas.uji")
    administrator.get_by_label("Nama lengkap").fill("Petugas Uji")
    administrator.get_by_label("Instansi").select_option(value="kanim-atambua")
    administrator.get_by_label("Peran").select_option(label="Analis")
    administrator.get_by_role("button", name="Buat akun").click()
    first = administrator.get_by_role("row", name=re.compile("petugas.uji")).locator("code").inner_text()

    officer = desks.nobody()
    sign_in(officer, "petugas.uji", first)
    officer.goto("/laporan/")  # nothing else opens before the first password is changed
    expect(officer.get_by_role("heading", level=1)).to_have_text("Ganti sandi")

    own = "perahu-kecil-di-muara-2026"
    officer.get_by_label("Sandi sekarang").fill(first)
    officer.get_by_label("Sandi baru", exact=True).fill(own)
    officer.get_by_label("Sandi baru, sekali lagi").fill(own)
    officer.get_by_role("button", name="Ganti sandi").click()
    expect(officer.get_by_role("heading", level=1)).to_have_text("Beranda")

    again = desks.nobody()
    sign_in(again, "petugas.uji", own)
    expect(again.get_by_role("heading", level=1)).to_have_text("Beranda")


def test_an_officer_activates_an_authenticator_app_and_is_asked_for_its_code(desks: Desks) -> None:
    officer = desks.nobody()
    password = desks.installation.passwords["koordinator"]
    sign_in(officer, "koordinator", password)
    confirm_password(officer, password)
    officer.goto("/akun/2fa/totp/activate/")
    secret = officer.locator("#authenticator_secret").input_value()
    officer.locator("[name=code]").fill(_code(secret))
    officer.locator("main form[action*='totp'] button[type=submit]").click()
    officer.wait_for_url(lambda address: "activate" not in address)

    back = desks.nobody()
    sign_in(back, "koordinator", password)
    expect(back).to_have_url(re.compile("/akun/2fa/authenticate/"))
    back.locator("[name=code]").fill(_code(secret))
    back.locator("main form button[type=submit]").first.click()
    expect(back.get_by_role("heading", level=1)).to_have_text("Beranda")


def test_an_officer_enrols_a_passkey_and_signs_in_with_it(desks: Desks) -> None:
    by_name = desks.installation.address.replace(
        "127.0.0.1", "localhost"
    )  # passkeys belong to a name, never to a number
    officer = desks.nobody(base_url=by_name)
    _hold_a_passkey_device(officer)
    password = desks.installation.passwords["pimpinan"]
    sign_in(officer, "pimpinan", password)
    confirm_password(officer, password)
    officer.goto("/akun/2fa/webauthn/add/")
    officer.locator("[name=name]").fill("Laptop dinas")
    if (passwordless := officer.locator("[name=passwordless]")).count():
        passwordless.check()
    officer.locator("#mfa_webauthn_add").click()
    officer.wait_for_url(lambda address: "/add/" not in address)

    officer.goto("/akun/2fa/webauthn/")
    expect(officer.get_by_role("row", name=re.compile("Laptop dinas"))).to_be_visible()
    officer.context.clear_cookies()
    officer.goto("/akun/login/")
    officer.get_by_role("button", name="Masuk dengan kunci sandi").click()
    expect(officer.get_by_role("heading", level=1)).to_have_text("Beranda")


def _hold_a_passkey_device(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def _code(secret: str) -> str:
    """Return the code that an authenticator app shows (RFC 6238) and that stays valid for a while."""
    left = PERIOD_S - time.time() % PERIOD_S
    if left < MARGIN_S:
        time.sleep(left + 0.5)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // PERIOD_S), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
