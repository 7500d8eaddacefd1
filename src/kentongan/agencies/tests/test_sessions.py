"""Sessions: listed, ended one by one or all, and ended at once by whatever takes an officer's duty away."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from kentongan.agencies import identities, sessions, staff, tasks
from kentongan.agencies.labels import device_words
from kentongan.agencies.models import OfficerSession
from kentongan.audit.models import TrailRow

BACKEND = "django.contrib.auth.backends.ModelBackend"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@pytest.fixture
def maria(officer_of, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    return officer_of("kanim-atambua", username="maria")


@pytest.fixture
def windows(maria):
    """Two browsers in which the same officer is signed in."""
    made = Client(), Client()
    for window in made:
        window.force_login(maria, backend=BACKEND)
    return made


def is_in(window: Client) -> bool:
    return window.get("/akun-saya/sesi/").status_code == 200


def test_a_sign_in_is_listed_with_device_and_address_and_has_its_row(maria, client):
    said = {"login": "maria", "password": "sangat-rahasia-2026"}

    client.post("/akun/login/", said, headers={"user-agent": CHROME}, REMOTE_ADDR="192.0.2.7")

    session = maria.sessions.get()
    assert (session.address, session.method) == ("192.0.2.7", "password")
    row = TrailRow.objects.get(event="session.signed_in")
    assert (row.actor, row.agency, row.subject) == (maria.ref, "kanim-atambua", session.ref)
    assert "192.0.2.7" not in str(row.facts)
    text = client.get("/akun-saya/sesi/").content.decode()
    assert "Chrome, Windows" in text
    assert "192.0.2.7" in text


def test_ending_one_session_signs_that_browser_out_at_once_and_no_other(windows):
    here, there = windows
    other = OfficerSession.objects.get(pk=there.session["officer_session"])

    here.post(f"/akun-saya/sesi/{other.pk}/akhiri/")

    answer = there.get("/akun-saya/sesi/")
    assert answer.headers["Location"] == "/akun/login/"
    assert "Sesi ini sudah diakhiri" in there.get("/akun/login/").content.decode()
    assert is_in(here)
    assert TrailRow.objects.get(event="session.ended").subject == other.ref


def test_all_other_sessions_end_and_this_one_stays(windows):
    here, there = windows

    here.post("/akun-saya/sesi/akhiri-lainnya/")

    assert is_in(here)
    assert not is_in(there)
    assert TrailRow.objects.get(event="session.ended").facts == {"reason": "by_officer", "sessions": 1}


def test_somebody_elses_session_cannot_be_ended(windows, sign_in):
    other = OfficerSession.objects.get(pk=windows[0].session["officer_session"])

    assert sign_in(role="analyst").post(f"/akun-saya/sesi/{other.pk}/akhiri/").status_code == 404
    assert is_in(windows[0])


def test_an_administrator_ends_all_sessions_of_an_officer_with_a_reason(windows, maria, sign_in):
    sign_in().post(f"/petugas/{maria.pk}/sesi/", {"why": "laptop tertinggal"})

    assert [is_in(window) for window in windows] == [False, False]
    assert TrailRow.objects.get(event="session.ended").why == "laptop tertinggal"


def test_an_administrator_of_another_branch_cannot(windows, maria, sign_in):
    answer = sign_in("polres-belu", kind="police").post(f"/petugas/{maria.pk}/sesi/", {"why": "x"})

    assert answer.status_code == 404
    assert all(is_in(window) for window in windows)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (staff.end_service, "posting_ended"),
        (staff.revoke_officer, "account_revoked"),
        (staff.reset_password, "password_changed"),
    ],
)
def test_what_takes_the_duty_away_ends_the_sessions_at_once(deed, reason, windows, maria, administrator, now):
    deed(officer=maria, why="uji", by=administrator, at=now)

    assert not any(is_in(window) for window in windows)
    assert set(OfficerSession.objects.values_list("end_reason", flat=True)) == {reason}
    assert TrailRow.objects.get(event="session.ended").facts == {"reason": reason, "sessions": 2}


def test_another_posting_ends_the_sessions_of_the_one_before(windows, maria, administrator, agency_of, now):
    agency = agency_of("kanwil-im-ntt")

    staff.post_officer(officer=maria, agency=agency, role="leader", why="mutasi", by=administrator, at=now)

    assert not any(is_in(window) for window in windows)


def test_a_password_of_ones_own_ends_the_other_sessions(windows):
    here, there = windows
    said = {"present": "sangat-rahasia-2026", "wanted": "kentongan-berbunyi-lagi", "again": "kentongan-berbunyi-lagi"}

    here.post("/akun-saya/sandi/", said)

    assert is_in(here)
    assert not is_in(there)
    assert set(OfficerSession.objects.values_list("end_reason", flat=True)) == {"", "password_changed"}


def test_signing_out_ends_the_session_and_leaves_its_row_once(windows):
    here, _there = windows

    here.post("/akun/logout/")
    here.post("/akun/logout/")

    assert OfficerSession.objects.filter(end_reason="signed_out").count() == 1
    assert TrailRow.objects.filter(event="session.signed_out").count() == 1


def test_a_session_that_nobody_listed_opens_nothing(windows):
    OfficerSession.objects.all().delete()

    assert not is_in(windows[0])


def test_looking_at_pages_writes_when_it_was_seen_at_most_every_few_minutes(windows, django_assert_num_queries):
    here, _there = windows
    session = OfficerSession.objects.get(pk=here.session["officer_session"])
    long_ago = timezone.now() - timedelta(hours=1)
    OfficerSession.objects.filter(pk=session.pk).update(last_seen_at=long_ago)

    here.get("/akun-saya/sesi/")
    session.refresh_from_db()
    first = session.last_seen_at
    here.get("/akun-saya/sesi/")
    session.refresh_from_db()

    assert long_ago < first == session.last_seen_at


def test_sessions_that_lapsed_are_not_listed_and_are_forgotten_in_the_end(maria, now):
    begin(maria, now - timedelta(days=91))
    begin(maria, now - timedelta(days=2))

    assert not sessions.open_sessions(maria, at=now).exists()

    begin(maria, now)
    assert tasks.run_due(at=now) == 1
    assert maria.sessions.count() == 2


def test_an_officer_who_left_leaves_no_address_behind(maria, administrator, now):
    begin(maria, now, address="192.0.2.7", device=CHROME)
    staff.revoke_officer(officer=maria, why="pensiun", by=administrator, at=now)

    tasks.run_due(at=now + timedelta(days=91))

    assert not OfficerSession.objects.exists()


def test_what_a_browser_left_behind_goes_once_it_has_expired(client, maria):
    client.force_login(maria, backend=BACKEND)

    tasks.run_due(at=timezone.now() + timedelta(hours=11))
    assert Session.objects.exists()

    tasks.run_due(at=timezone.now() + timedelta(hours=13))
    assert not Session.objects.exists()


def begin(officer, at, *, address=None, device=""):
    by = sessions.Oneself(officer)
    sessions.begin_session(
        officer=officer, method="password", is_vouched=False, address=address, device=device, by=by, at=at
    )


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (CHROME, "Chrome, Windows"),
        (FIREFOX, "Firefox, Android"),
        ("", "peramban tidak dikenal"),
        ("curl/8", "peramban tidak dikenal"),
    ],
)
def test_a_device_is_named_in_words(says, words):
    assert device_words(says) == words


@pytest.mark.parametrize("change", ["unlinked", "another"])
def test_a_session_ends_with_the_outside_account_that_it_was_begun_with(change, maria, administrator, client, now):
    identities.link_identity(officer=maria, subject="s-1", why="dari daftar", by=administrator, at=now)
    client.force_login(maria, backend=BACKEND)

    if change == "unlinked":
        identities.unlink_identity(officer=maria, why="akun dibobol", by=administrator, at=now)
    else:
        identities.link_identity(officer=maria, subject="s-2", why="akun dibobol", by=administrator, at=now)

    assert client.get("/akun-saya/sesi/").headers["Location"] == "/akun/login/"
    assert TrailRow.objects.get(event="session.ended").why == "akun dibobol"
