"""Signing in at a real OpenID Connect provider that runs beside the tests: who is let in, and who is not."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.test import Client

from kentongan.agencies import identities
from kentongan.agencies.models import Officer
from kentongan.audit.models import TrailRow
from kentongan.config.settings import outside_provider

CLIENT, SECRET = "kentongan", "hanya-untuk-uji"
CALLBACK = "http://testserver/akun/oidc/oidc/login/callback/"

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    """Run the provider while these tests run; return its address."""
    script = Path(__file__).with_name("outside_provider.py")
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(script), str(tmp_path_factory.mktemp("provider")), CLIENT, SECRET, CALLBACK],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def configured(settings, issuer, monkeypatch):
    """The installation as it is with the provider in its settings: `configured(acr=[…], amr=[…], claim="email")`."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def make(*, acr=(), amr=(), claim=""):
        settings.OIDC_ISSUER, settings.OIDC_NAME = issuer, "Contoh"
        settings.OIDC_ACR, settings.OIDC_AMR, settings.OIDC_MATCH_CLAIM = list(acr), list(amr), claim
        settings.SOCIALACCOUNT_PROVIDERS = outside_provider(issuer, "Contoh", CLIENT, SECRET, list(acr))

    make()
    return make


@pytest.fixture
def maria(officer_of, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    officer = officer_of("kanim-atambua", username="maria")
    officer.email = "maria@contoh.go.id"
    officer.save()
    return officer


@pytest.fixture
def come_in(client, issuer):
    """Go the whole way as somebody whom the provider knows; return the last answer of ours."""

    def way(name: str):
        asked = client.post("/akun/oidc/oidc/login/").headers["Location"]
        answered = _at_the_provider(issuer, name, asked)
        return client.get(answered.removeprefix("http://testserver"))

    return way


def _at_the_provider(issuer: str, name: str, asked: str) -> str:
    with requests.Session() as browser:
        browser.trust_env = False
        browser.get(f"{issuer}/masuk/{name}/", timeout=30).raise_for_status()
        answer = browser.get(asked, timeout=30, allow_redirects=False)
    return answer.headers["Location"]


def is_in(client: Client) -> bool:
    return client.get("/akun-saya/sesi/").status_code == 200


def refusals() -> list[str]:
    return [row.reasons[0] for row in TrailRow.objects.filter(event="session.sign_in_refused")]


def link(officer, subject, administrator, now):
    identities.link_identity(officer=officer, subject=subject, why="dari daftar dinas", by=administrator, at=now)


def test_the_sign_in_page_offers_the_provider_only_where_there_is_one(client, configured):
    assert "Masuk dengan akun Contoh" in client.get("/akun/login/").content.decode()


def test_without_a_provider_nothing_is_offered(client):
    assert "Masuk dengan akun" not in client.get("/akun/login/").content.decode()
    assert client.post("/akun/oidc/oidc/login/").status_code == 404


def test_the_provider_is_asked_with_a_state_a_challenge_and_the_demanded_class(client, configured):
    configured(acr=["urn:contoh:dua"])

    asked = parse_qs(urlsplit(client.post("/akun/oidc/oidc/login/").headers["Location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "code_challenge"} <= set(asked)
    assert asked["acr_values"] == ["urn:contoh:dua"]


def test_an_officer_whom_an_administrator_linked_comes_in(maria, administrator, now, configured, come_in, client):
    link(maria, "1", administrator, now)

    answer = come_in("maria")

    assert answer.headers["Location"] == "/"
    assert is_in(client)
    assert maria.sessions.get().method == "outside"
    assert SocialAccount.objects.get().extra_data == {}
    assert TrailRow.objects.get(event="officer.identity_linked").why == "dari daftar dinas"


def test_whoever_is_not_linked_stays_outside_and_no_account_is_made(maria, configured, come_in, client):
    answer = come_in("maria")

    assert answer.status_code == 403
    assert "Akun ini belum dikenal di sini" in answer.content.decode()
    assert not is_in(client)
    assert Officer.objects.count() == 1
    assert refusals() == ["agencies.unknown_identity"]


@pytest.mark.parametrize("claim", ["email"])
def test_a_claim_that_the_installation_trusts_links_once_and_for_all(claim, maria, configured, come_in, client):
    configured(claim=claim)

    come_in("maria")

    assert is_in(client)
    assert SocialAccount.objects.get().user == maria
    assert TrailRow.objects.get(event="officer.identity_linked").why == f"claim {claim}"


def test_what_an_administrator_unlinked_the_claim_does_not_link_again(
    maria, administrator, now, configured, come_in, client
):
    configured(claim="email")
    come_in("maria")
    identities.unlink_identity(officer=maria, why="akun dibobol", by=administrator, at=now)
    client.logout()

    assert come_in("maria").status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_address_that_the_provider_has_not_verified_links_nobody(officer_of, configured, come_in, client):
    yosef = officer_of(username="yosef")
    yosef.email = "yosef@contoh.go.id"
    yosef.save()
    configured(claim="email")

    assert come_in("yosef").status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_officer_who_is_linked_to_another_account_is_not_taken_over(maria, administrator, now, configured, come_in):
    link(maria, "another-subject", administrator, now)
    configured(claim="email")

    assert come_in("maria").status_code == 403
    assert refusals() == ["agencies.identity_taken"]


def test_a_second_factor_that_the_provider_asserts_counts_as_one(
    maria, administrator, now, configured, come_in, client, settings
):
    settings.MFA_OPTIONAL_ROLES = frozenset()
    configured(amr=["otp"])
    link(maria, "1", administrator, now)

    come_in("maria")

    assert is_in(client)
    assert maria.sessions.get().is_vouched


def test_what_the_provider_says_of_one_officer_does_not_count_for_another(
    maria, administrator, now, configured, come_in, client, settings, officer_of
):
    settings.MFA_OPTIONAL_ROLES = frozenset()
    configured(amr=["otp"])
    link(maria, "1", administrator, now)
    Authenticator.objects.create(user=maria, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    officer_of("kanim-atambua", role="leader", username="tanpa-faktor")

    assert come_in("maria").headers["Location"] == "/akun/2fa/authenticate/"  # and there Maria stops
    client.post("/akun/logout/")
    client.post("/akun/login/", {"login": "tanpa-faktor", "password": "sangat-rahasia-2026"})

    assert not Officer.objects.get(username="tanpa-faktor").sessions.get().is_vouched
    assert client.get("/akun-saya/sesi/").headers["Location"] == "/akun/2fa/"


def test_without_the_assertion_the_sign_in_is_refused(
    officer_of, agency_of, administrator, now, configured, come_in, client
):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    link(officer_of("kanim-atambua", username="yosef"), "2", administrator, now)
    configured(acr=["urn:contoh:dua"], amr=["otp"])

    answer = come_in("yosef")

    assert answer.status_code == 403
    assert "tidak menyatakan bahwa faktor kedua dipakai" in answer.content.decode()
    assert not is_in(client)
    assert refusals() == ["agencies.weak_outside_sign_in"]


def test_where_nothing_is_demanded_of_the_provider_the_own_second_factor_is(
    maria, administrator, now, configured, come_in, client, settings
):
    settings.MFA_OPTIONAL_ROLES = frozenset()
    link(maria, "1", administrator, now)

    come_in("maria")

    assert client.get("/akun-saya/sesi/").headers["Location"] == "/akun/2fa/"


def test_a_token_that_another_key_signed_is_refused(maria, administrator, now, configured, come_in, client, issuer):
    link(maria, "1", administrator, now)
    requests.get(f"{issuer}/kunci-lain/ya/", timeout=30)
    answer = come_in("maria")
    requests.get(f"{issuer}/kunci-lain/tidak/", timeout=30)

    assert answer.status_code == 401
    assert not is_in(client)
    assert refusals() == ["outside provider failed"]


def test_an_answer_to_a_question_that_this_browser_did_not_ask_is_refused(
    maria, administrator, now, configured, issuer, client
):
    link(maria, "1", administrator, now)
    answered = _at_the_provider(issuer, "maria", Client().post("/akun/oidc/oidc/login/").headers["Location"])

    assert client.get(answered.removeprefix("http://testserver")).status_code == 401
    assert not is_in(client)


def test_a_provider_that_names_another_issuer_is_refused(
    maria, administrator, now, configured, come_in, client, settings
):
    link(maria, "1", administrator, now)
    settings.OIDC_ISSUER = "https://login.contoh.go.id"

    assert come_in("maria").status_code == 401
    assert not is_in(client)


def test_a_revoked_officer_stays_outside(maria, administrator, now, configured, come_in, client):
    link(maria, "1", administrator, now)
    Officer.objects.filter(pk=maria.pk).update(is_active=False)

    come_in("maria")

    assert not is_in(client)


def test_nobody_links_the_own_account(maria, configured, client, issuer):
    client.force_login(maria, backend="django.contrib.auth.backends.ModelBackend")
    asked = client.post("/akun/oidc/oidc/login/?process=connect").headers["Location"]

    answer = client.get(_at_the_provider(issuer, "maria", asked).removeprefix("http://testserver"))

    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()
    assert client.get("/akun/3rdparty/").headers["Location"] == "/akun/2fa/"


@pytest.mark.parametrize("address", ["/akun/oidc/oidc/login/", "/akun/oidc/oidc/login/callback/?code=x&state=y"])
def test_a_provider_that_does_not_answer_is_said_and_not_traced(address, client, settings, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings.OIDC_ISSUER = "http://127.0.0.1:9"  # nobody listens there
    settings.SOCIALACCOUNT_PROVIDERS = outside_provider(settings.OIDC_ISSUER, "Contoh", CLIENT, SECRET, [])

    answer = client.post(address) if address.endswith("login/") else client.get(address)

    assert answer.status_code == 401
    assert "Masuk lewat akun luar gagal" in answer.content.decode()


def test_a_provider_that_somebody_wrote_into_the_database_does_not_count(db, client):
    SocialApp.objects.create(provider="openid_connect", provider_id="evil", name="Jahat", client_id="x", secret="y")

    assert "Jahat" not in client.get("/akun/login/").content.decode()
    assert client.post("/akun/oidc/evil/login/").status_code == 404


def test_the_administrators_page_links_and_unlinks(maria, client, officer_of, settings):
    settings.OIDC_NAME = "Contoh"
    client.force_login(
        officer_of("kanwil-im-ntt", role="administrator"), backend="django.contrib.auth.backends.ModelBackend"
    )

    client.post(f"/petugas/{maria.pk}/akun-luar/", {"subject": "s-1", "why": "uji"})
    assert "s-1" in client.get(f"/petugas/{maria.pk}/").content.decode()
    client.post(f"/petugas/{maria.pk}/akun-luar/lepas/", {"why": "uji"})

    assert not SocialAccount.objects.exists()
    assert list(
        TrailRow.objects.filter(event__startswith="officer.identity").order_by("pk").values_list("event", flat=True)
    ) == ["officer.identity_linked", "officer.identity_unlinked"]
