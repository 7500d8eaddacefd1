"""A first password opens the account for two weeks, and then nothing: whoever finds it later finds a wrong one."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from kentongan.agencies import staff
from kentongan.agencies.models import Officer
from kentongan.audit.models import TrailRow

pytestmark = pytest.mark.usefixtures("nobody_has_tried_yet")
FIRST = "sangat-rahasia-2026"


@pytest.fixture
def given(agency_of, officer_of):
    """An officer who got a first password so many days ago."""

    def make(days):
        agency_of("kanim-atambua", parent="kanwil-im-ntt")
        officer = officer_of("kanim-atambua", username="maria")
        officer.must_change_password = True
        officer.first_password_at = timezone.now() - timedelta(days=days)
        officer.save()
        return officer

    return make


def attempt(client, password=FIRST):
    return client.post("/akun/login/", {"login": "maria", "password": password})


def refusals():
    rows = TrailRow.objects.filter(event="session.sign_in_refused").order_by("pk")
    return [(row.subject, row.reasons) for row in rows]


def test_a_first_password_opens_within_its_time(client, given):
    given(13)

    assert attempt(client).status_code == 302
    assert client.get("/")["Location"] == "/akun-saya/sandi/"


def test_a_first_password_that_lapsed_is_refused_in_the_words_of_a_wrong_one_and_the_trail_knows_why(client, given):
    officer = given(15)

    wrong = attempt(client, "salah").content.decode()
    lapsed = attempt(client).content.decode()

    assert "_auth_user_id" not in client.session
    assert words(lapsed) == words(wrong)
    assert refusals() == [(officer.ref, ["wrong password"]), (officer.ref, ["first password lapsed"])]


def words(page):
    """The page without what is another in every answer."""
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_a_first_password_without_its_day_counts_from_when_the_account_was_made(client, given):
    given(1)
    Officer.objects.update(first_password_at=None, date_joined=timezone.now() - timedelta(days=15))

    assert attempt(client).status_code == 200


def test_a_password_of_ones_own_does_not_lapse(client, given):
    given(400)
    Officer.objects.update(must_change_password=False)

    assert attempt(client).status_code == 302


def test_attempts_with_a_lapsed_first_password_are_counted(client, given):
    given(15)

    assert [attempt(client).status_code for _n in range(6)] == [200] * 5 + [429]


def test_a_lapsed_first_password_takes_as_long_as_a_wrong_one(client, given, monkeypatch):
    given(15)
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *said: hashed.append(said[1]) or encode(*said))

    attempt(client, "salah")
    attempt(client)

    assert hashed.count(FIRST) == hashed.count("salah") > 0


def test_a_new_first_password_opens_again(client, given, administrator):
    made = staff.reset_password(officer=given(15), why="baru mulai", by=administrator, at=timezone.now())

    assert attempt(client, made.password).status_code == 302


def test_who_came_in_another_way_does_not_change_a_lapsed_one_either(given, administrator, client):
    client.force_login(given(15), backend="django.contrib.auth.backends.ModelBackend")
    wanted = "kentongan-berbunyi-lagi"

    answer = client.post("/akun-saya/sandi/", {"present": FIRST, "wanted": wanted, "again": wanted})

    assert answer.status_code == 422
    assert "Minta administrator membuat yang baru" in answer.content.decode()


def test_the_administrator_reads_how_long_it_lasts_and_that_it_has_lapsed(sign_in, given):
    client, officer = sign_in(), given(15)

    lapsed = client.get(f"/petugas/{officer.pk}/").content.decode()
    new = client.post(f"/petugas/{officer.pk}/sandi/", {"why": "lupa"}).content.decode()

    assert "sandi pertama yang tidak berlaku lagi" in lapsed
    assert "Sesudah 14 hari sandi ini tidak berlaku lagi" in new
