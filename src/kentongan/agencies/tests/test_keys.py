"""Keys for the API: issued after another proof, withdrawn with whatever throws an intruder out, and one by one."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from kentongan.agencies import identities, staff
from kentongan.agencies.actions import NotYoursToAdminister
from kentongan.agencies.models import OfficerSession
from kentongan.agencies.queries import token_in_force
from kentongan.agencies.sessions import Oneself
from kentongan.audit.models import TrailRow

PAGE = "/akun-saya/kunci/"
SAID = {"name": "sistem perbatasan", "purpose": "prevention", "days": 30}
PASSWORD = "sangat-rahasia-2026"
WITHDRAWS = "Semua sesi petugas ini berakhir dan semua kuncinya dicabut."


@pytest.fixture
def maria(officer_of, agency_of):
    """An officer with a factor and an account of the outside provider."""
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    officer = officer_of("kanim-atambua", username="maria")
    Authenticator.objects.create(user=officer, type="totp", data={"secret": "x"})
    officer.socialaccount_set.create(provider="oidc", uid="s-1")
    return officer


def issue(officer, *, at):
    by = Oneself(officer)
    return staff.issue_token(
        officer=officer, name="uji", purpose="prevention", expires_at=at + timedelta(days=30), by=by, at=at
    )


def replaced(**said):
    identities.link_identity(subject="s-2", **said)


def linked_again(**said):
    identities.link_identity(subject="s-1", **said)


@pytest.mark.parametrize(
    ("deed", "event"),
    [
        (identities.unlink_identity, "officer.identity_unlinked"),
        (replaced, "officer.identity_linked"),
        (staff.reset_password, "officer.password_reset"),
        (staff.reset_second_factor, "officer.second_factor_removed"),
    ],
)
def test_what_throws_an_intruder_out_withdraws_the_keys_and_says_how_many(deed, event, maria, administrator, now):
    issued = issue(maria, at=now)

    deed(officer=maria, why="akun dibobol", by=administrator, at=now)

    assert token_in_force(issued.secret, at=now) is None
    assert TrailRow.objects.get(event=event, actor=administrator.ref).facts["keys"] == 1


@pytest.mark.parametrize("deed", [staff.end_sessions, linked_again])
def test_what_throws_nobody_out_for_good_leaves_the_keys(deed, maria, administrator, now):
    issued = issue(maria, at=now)

    deed(officer=maria, why="laptop tertinggal", by=administrator, at=now)

    assert token_in_force(issued.secret, at=now) == issued.token


def test_a_password_of_ones_own_leaves_the_keys_and_the_page_says_so(maria, client, now):
    issued = issue(maria, at=now)
    client.force_login(maria, backend="django.contrib.auth.backends.ModelBackend")
    wanted = "kentongan-berbunyi-lagi"

    page = client.get("/akun-saya/sandi/").content.decode()
    client.post("/akun-saya/sandi/", {"present": PASSWORD, "wanted": wanted, "again": wanted})

    assert "Kunci API tetap berlaku" in page
    assert token_in_force(issued.secret, at=now) == issued.token


def test_the_page_says_before_the_click_what_ends_with_it(maria, sign_in, settings):
    settings.OIDC_NAME = "Contoh"

    text = sign_in().get(f"/petugas/{maria.pk}/").content.decode()

    for door in ("sandi", "faktor-kedua", "akun-luar/lepas", "tugaskan", "berhenti", "cabut"):
        assert WITHDRAWS in form_of(text, f"/petugas/{maria.pk}/{door}/"), door
    assert "Bila akun luar yang lain sudah terhubung" in form_of(text, f"/petugas/{maria.pk}/akun-luar/")
    assert "Kuncinya tetap berlaku" in form_of(text, f"/petugas/{maria.pk}/sesi/")


def form_of(text, action):
    return text.partition(f'action="{action}"')[2].partition("</form>")[0]


# --- one key, by the administrator -----------------------------------------------------------------------------------


def test_an_administrator_withdraws_one_key_with_a_reason_and_no_other(maria, sign_in):
    now = timezone.now()
    stays, goes = issue(maria, at=now), issue(maria, at=now)
    door = f"/petugas/{maria.pk}/kunci/{goes.token.pk}/cabut/"
    client = sign_in()
    assert door in client.get(f"/petugas/{maria.pk}/").content.decode()

    client.post(door, {"why": "pemasok dibobol"})

    assert token_in_force(goes.secret, at=now) is None
    assert token_in_force(stays.secret, at=now) == stays.token
    row = TrailRow.objects.get(event="token.revoked")
    assert (row.subject, row.why, row.facts["officer"]) == (f"token:{goes.token.pk}", "pemasok dibobol", maria.ref)
    assert door not in client.get(f"/petugas/{maria.pk}/").content.decode()


def test_without_a_reason_the_key_stays_and_its_form_says_so(maria, sign_in):
    now = timezone.now()
    issued = issue(maria, at=now)

    answer = sign_in().post(f"/petugas/{maria.pk}/kunci/{issued.token.pk}/cabut/", {"why": ""})

    assert answer.status_code == 422
    assert "<details open>" in answer.content.decode()
    assert token_in_force(issued.secret, at=now) == issued.token


def test_an_administrator_of_another_branch_withdraws_none(maria, sign_in, agency_of, officer_of):
    now = timezone.now()
    issued = issue(maria, at=now)
    client = sign_in("polres-belu", kind="police")
    agency_of("polsek-tasifeto", kind="police", parent="polres-belu")
    below = officer_of("polsek-tasifeto")

    for officer in (maria, below):  # under the own officer's address it is not found either
        assert client.post(f"/petugas/{officer.pk}/kunci/{issued.token.pk}/cabut/", {"why": "x"}).status_code == 404
    assert token_in_force(issued.secret, at=now) == issued.token


def test_the_deed_itself_reaches_no_farther_than_the_administrator(maria, agency_of, actor_of, now):
    issued = issue(maria, at=now)
    agency_of("polres-belu", kind="police")
    other = actor_of("polres-belu", role="administrator", purpose="coordination")

    with pytest.raises(NotYoursToAdminister):
        staff.withdraw_token(token=issued.token, why="x", by=other, at=now)


# --- a new key asks again --------------------------------------------------------------------------------------------


@pytest.fixture
def window(officer_of, client):
    """A browser that somebody left open an hour ago, without a second factor."""
    officer = officer_of(username="yosef")
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    OfficerSession.objects.update(started_at=timezone.now() - timedelta(hours=1))
    return client, officer


def test_whoever_finds_a_browser_open_makes_no_key(window):
    client, officer = window

    answer = client.post(PAGE, SAID)

    assert answer.headers["Location"].startswith("/akun/reauthenticate/")
    assert client.get(PAGE).status_code == 200
    assert not officer.tokens.exists()


def test_after_the_proof_the_key_is_there_as_it_was_asked_for_and_once(window):
    client, officer = window
    asked = client.post(PAGE, SAID | {"scopes": ["events:read"]}).headers["Location"]
    proof = {"password": PASSWORD, "next": PAGE}

    answer = client.post(asked, proof)
    again = client.post(asked, proof)  # the browser's reload

    text = answer.content.decode()
    assert "ktg_" in text
    assert f'action="{PAGE}"' in text
    assert again.headers["Location"] == PAGE
    token = officer.tokens.get()
    assert (token.name, token.purpose, token.scopes) == ("sistem perbatasan", "prevention", ["events:read"])


def test_a_fault_in_the_form_is_told_after_the_proof_with_what_was_typed(window):
    client, officer = window
    asked = client.post(PAGE, SAID | {"days": 999}).headers["Location"]

    answer = client.post(asked, {"password": PASSWORD, "next": PAGE})

    assert answer.status_code == 422
    assert "sistem perbatasan" in answer.content.decode()
    assert not officer.tokens.exists()


def test_whom_the_provider_has_just_vouched_for_is_not_asked_for_a_password(window, settings):
    settings.OIDC_NAME = "Contoh"
    client, officer = window

    OfficerSession.objects.update(is_vouched=True)
    assert client.post(PAGE, SAID).status_code == 302
    assert "masuk lagi lewat Contoh" in client.get(PAGE).content.decode()

    OfficerSession.objects.update(started_at=timezone.now())
    assert "ktg_" in client.post(PAGE, SAID).content.decode()
    assert officer.tokens.count() == 1
