"""Limits: counted together by every process of one database, and answered with 429 and what to do."""

import threading

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection

from kentongan.agencies.limits import Limit, TooManyAttempts, demand, is_exhausted, take
from kentongan.audit.models import TrailRow

pytestmark = pytest.mark.usefixtures("nobody_has_tried_yet")
FIVE = Limit("uji", most=5, within_s=60)
SHARED = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}


def test_so_many_are_let_through_and_no_more():
    assert [take(FIVE, "a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert is_exhausted(FIVE, "a")
    assert not is_exhausted(FIVE, "b")


def test_what_is_exhausted_is_refused_with_what_to_do():
    for _ in range(5):
        demand(FIVE, "a")
        take(FIVE, "a")

    with pytest.raises(TooManyAttempts, match="Tunggu"):
        demand(FIVE, "a")


def test_a_slot_comes_free_when_its_time_is_over():
    brief = Limit("uji", most=1, within_s=0)

    assert take(brief, "a")
    assert take(brief, "a")


@pytest.mark.django_db(transaction=True)
def test_rivals_on_one_database_never_take_more_than_there_is(settings):
    settings.CACHES = SHARED
    call_command("createcachetable", verbosity=0)
    start, taken = threading.Barrier(4), []

    def rival():
        start.wait()
        try:
            taken.extend(take(FIVE, "alamat") for _ in range(5))
        finally:
            connection.close()

    rivals = [threading.Thread(target=rival) for _ in range(4)]
    for thread in rivals:
        thread.start()
    for thread in rivals:
        thread.join()

    later = [take(FIVE, "alamat") for _ in range(5)]  # a rival that waited too long for the database took nothing
    assert sum(taken) + sum(later) == 5


@pytest.fixture
def wrong_password(client, officer_of):
    officer_of(username="maria")

    def attempt(username="maria", address="192.0.2.7", host="testserver"):
        said = {"login": username, "password": "salah"}
        return client.post("/akun/login/", said, REMOTE_ADDR=address, HTTP_HOST=host)

    return attempt


def test_a_refused_sign_in_is_in_the_trail_without_what_was_typed(wrong_password, db):
    wrong_password()
    wrong_password("rahasia-yang-salah-ketik")

    rows = list(TrailRow.objects.filter(event="session.sign_in_refused").order_by("pk"))
    assert [row.subject.partition(":")[0] for row in rows] == ["officer", ""]
    assert "rahasia-yang-salah-ketik" not in str(TrailRow.objects.values())


def test_one_account_is_tried_five_times_from_anywhere(wrong_password):
    answers = [wrong_password(address=f"192.0.2.{n}") for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "300"
    assert "Terlalu banyak percobaan" in answers[-1].content.decode()


def test_another_port_in_the_host_header_gives_no_more_attempts(wrong_password):
    answers = [wrong_password(address=f"192.0.2.{n}", host=f"testserver:{8000 + n}").status_code for n in range(6)]

    assert answers == [200] * 5 + [429]


def test_the_right_password_waits_too_once_the_account_was_tried_too_often(wrong_password, client):
    for n in range(6):
        wrong_password(address=f"192.0.2.{n}")

    answer = client.post(
        "/akun/login/", {"login": "maria", "password": "sangat-rahasia-2026"}, REMOTE_ADDR="192.0.2.99"
    )

    assert answer.status_code == 429


def test_one_address_tries_twenty_accounts_and_no_more(wrong_password):
    answers = [wrong_password(f"nama-{n}").status_code for n in range(21)]

    assert answers == [200] * 20 + [429]


def test_too_many_attempts_fill_the_trail_with_one_row(wrong_password):
    for _n in range(9):
        wrong_password(address="192.0.2.7")

    assert TrailRow.objects.filter(reasons=["too many attempts"]).count() == 1


def test_the_present_password_is_guessed_five_times_at_most(sign_in):
    client = sign_in(role="analyst")
    said = {"present": "salah", "wanted": "kentongan-berbunyi-lagi", "again": "kentongan-berbunyi-lagi"}

    answers = [client.post("/akun-saya/sandi/", said).status_code for _ in range(6)]

    assert answers == [422] * 5 + [429]


def test_a_second_factor_is_guessed_five_times_at_most(client, officer_of):
    from allauth.mfa.models import Authenticator

    officer = officer_of(username="maria")
    Authenticator.objects.create(user=officer, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    client.post("/akun/login/", {"login": "maria", "password": "sangat-rahasia-2026"})

    answers = [client.post("/akun/2fa/authenticate/", {"code": "000000"}).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]
    assert TrailRow.objects.filter(event="session.second_factor_refused", subject=officer.ref).count() == 5


def test_a_challenge_for_a_passkey_is_given_ten_times_a_minute_to_one_address_and_no_more(client, db):
    def challenge(address):
        asked = client.get("/akun/2fa/webauthn/login/", headers={"accept": "application/json"}, REMOTE_ADDR=address)
        client.cookies.clear()  # as somebody who wants to fill the table of sessions would
        return asked.status_code

    answers = [challenge("192.0.2.7") for _n in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert Session.objects.count() == 10
    assert challenge("192.0.2.8") == 200
