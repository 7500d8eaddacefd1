"""The second factor: demanded by role, set up before anything else, taken away by an administrator when it is lost."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured

from kentongan.agencies import staff
from kentongan.agencies.models import Officer, OfficerSession
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agencies.second_factor import (
    demand_known_roles,
    has_second_factor,
    is_required,
    roles_by_table,
)
from kentongan.audit.models import TrailRow
from kentongan.kit.errors import KentonganError

SET_UP = "/akun/2fa/"


@pytest.fixture
def enforced(settings):
    """The installation relaxes no role, as delivered."""
    settings.MFA_OPTIONAL_ROLES = frozenset()


def enrol(officer, kind=Authenticator.Type.TOTP):
    return Authenticator.objects.create(user=officer, type=kind, data={"secret": "x"})


def test_every_role_stands_in_the_table_and_only_reporters_go_without():
    assert set(roles_by_table()) == set(ROLE_LABELS)
    assert {role for role, needed in roles_by_table().items() if not needed} == {"reporter", "village_official"}


def test_a_role_that_the_table_does_not_know_needs_a_second_factor():
    assert is_required("newcomer", optional=())


def test_an_installation_relaxes_single_roles_or_all():
    assert not is_required("leader", optional={"leader"})
    assert is_required("analyst", optional={"leader"})
    assert not is_required("analyst", optional={"*"})


def test_a_role_that_does_not_exist_cannot_be_relaxed():
    with pytest.raises(ImproperlyConfigured, match="analis"):
        demand_known_roles({"analis"})


@pytest.mark.parametrize("page", ["/", "/petugas/", "/akun-saya/kunci/", "/api/v1/docs"])
def test_without_a_second_factor_every_page_leads_to_where_it_is_set_up(page, enforced, sign_in):
    answer = sign_in().get(page)

    assert (answer.status_code, answer.headers.get("Location")) == (302, SET_UP)


@pytest.mark.parametrize("page", [SET_UP, "/akun/2fa/totp/activate/", "/akun/2fa/webauthn/add/"])
def test_the_way_to_a_second_factor_is_open(page, enforced, client, officer_of):
    officer_of(username="maria")
    client.post("/akun/login/", {"login": "maria", "password": "sangat-rahasia-2026"})
    client.post("/akun/reauthenticate/", {"password": "sangat-rahasia-2026"})

    assert client.get(page).status_code == 200


def test_the_page_says_why_one_was_led_there(enforced, sign_in):
    text = sign_in(role="analyst").get(SET_UP).content.decode()

    assert "Pasang faktor kedua sebelum melanjutkan" in text
    assert "Analis" in text


def test_signing_out_stays_possible(enforced, sign_in):
    assert sign_in().post("/akun/logout/").headers["Location"] != SET_UP


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_with_a_second_factor_the_pages_open(kind, enforced, sign_in):
    client = sign_in()
    enrol(Officer.objects.get(), kind)

    assert client.get("/petugas/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(enforced, sign_in):
    client = sign_in()
    enrol(Officer.objects.get(), Authenticator.Type.RECOVERY_CODES)

    assert client.get("/petugas/").headers["Location"] == SET_UP


@pytest.mark.parametrize("role", ["reporter", "village_official"])
def test_who_only_reports_may_go_without(role, enforced, sign_in):
    assert sign_in(role=role).get("/akun-saya/kunci/").status_code == 200


def test_the_first_password_is_changed_before_the_second_factor_is_set_up(enforced, sign_in):
    client = sign_in()
    Officer.objects.update(must_change_password=True)

    assert client.get("/petugas/").headers["Location"] == "/akun-saya/sandi/"
    assert client.get(SET_UP).headers["Location"] == "/akun-saya/sandi/"


def test_a_demonstration_demands_none_and_says_so(settings, enforced, sign_in):
    settings.IS_DEMONSTRATION = True
    client = sign_in()

    assert client.get("/petugas/").status_code == 200
    assert "Ini peragaan dengan data simulasi: faktor kedua tidak diwajibkan" in client.get(SET_UP).content.decode()


def test_who_is_linked_to_a_provider_that_demands_one_has_one(settings, officer_of):
    officer = officer_of()
    officer.socialaccount_set.create(provider="oidc", uid="s-1")
    known = Officer.objects.filter(has_second_factor())

    assert not known.exists()

    settings.OIDC_ISSUER, settings.OIDC_AMR = "https://login.contoh.go.id", ["mfa"]
    assert Officer.objects.filter(has_second_factor()).get() == officer


def test_the_password_alone_is_no_two_factors_for_who_is_linked_to_such_a_provider(
    settings, enforced, client, officer_of
):
    settings.OIDC_ISSUER, settings.OIDC_AMR = "https://login.contoh.go.id", ["mfa"]
    officer_of(username="maria").socialaccount_set.create(provider="oidc", uid="s-1")

    client.post("/akun/login/", {"login": "maria", "password": "sangat-rahasia-2026"})

    assert client.get("/akun-saya/kunci/").headers.get("Location") == SET_UP


def test_the_officers_page_tells_a_factor_here_from_one_at_the_provider(settings, sign_in, agency_of, officer_of):
    settings.OIDC_ISSUER, settings.OIDC_AMR = "https://login.contoh.go.id", ["mfa"]
    client = sign_in()
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    officer = officer_of("kanim-atambua")
    officer.socialaccount_set.create(provider="oidc", uid="s-1")

    outside = client.get(f"/petugas/{officer.pk}/").content.decode()
    enrol(officer)
    here = client.get(f"/petugas/{officer.pk}/").content.decode()

    assert "di penyedia luar saja" in outside
    assert "Hapus faktor kedua" not in outside
    assert "di penyedia luar saja" not in here
    assert "Hapus faktor kedua" in here


def test_setting_up_and_removing_a_factor_leave_their_rows(officer_of):
    factor = enrol(officer_of())
    factor.delete()

    rows = TrailRow.objects.order_by("pk").values_list("event", "subject", "facts")

    assert [(event, facts["kind"]) for event, _on, facts in rows] == [
        ("officer.second_factor_added", "totp"),
        ("officer.second_factor_removed", "totp"),
    ]


def test_a_lost_factor_is_taken_away_by_the_administrator_and_the_sessions_end(officer_of, administrator, client, now):
    officer = officer_of("kanim-atambua", username="maria")
    enrol(officer)
    client.force_login(officer)

    staff.reset_second_factor(officer=officer, why="telepon hilang", by=administrator, at=now)

    assert not Authenticator.objects.exists()
    assert OfficerSession.objects.get().end_reason == "by_administrator"
    removed = TrailRow.objects.get(event="officer.second_factor_removed")
    assert (removed.actor, removed.why) == (administrator.ref, "telepon hilang")


def test_nobody_takes_away_the_own_factor_or_that_of_another_branch(officer_of, administrator, now):
    stranger = officer_of("polres-belu", kind="police")
    enrol(stranger)
    oneself = Officer.objects.get(pk=administrator.ref.partition(":")[2])
    enrol(oneself)

    for officer in (stranger, oneself):
        with pytest.raises(KentonganError):
            staff.reset_second_factor(officer=officer, why="x", by=administrator, at=now)

    assert Authenticator.objects.count() == 2


@pytest.fixture
def code():
    """The code that an authenticator app shows now for a secret."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return lambda secret: format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_the_secret_of_a_factor_is_sealed_at_rest_and_its_codes_hold(officer_of, code):
    from allauth.mfa.totp.internal.auth import TOTP

    factor = TOTP.activate(officer_of(), "JBSWY3DPEHPK3PXP")

    kept = Authenticator.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in str(kept.data)
    assert factor.validate_code(code("JBSWY3DPEHPK3PXP"))


def test_with_another_secret_key_no_code_holds_and_with_it_as_a_fallback_it_does(officer_of, code, settings):
    from allauth.mfa.totp.internal.auth import TOTP

    factor = TOTP.activate(officer_of(), "JBSWY3DPEHPK3PXP")
    before, settings.SECRET_KEY = settings.SECRET_KEY, "kunci-lain"

    assert not factor.validate_code(code("JBSWY3DPEHPK3PXP"))

    settings.SECRET_KEY_FALLBACKS = [before]
    assert factor.validate_code(code("JBSWY3DPEHPK3PXP"))


def test_a_factor_from_before_the_sealing_still_holds(officer_of, code):
    kept = Authenticator.objects.create(user=officer_of(), type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})

    assert kept.wrap().validate_code(code("JBSWY3DPEHPK3PXP"))
