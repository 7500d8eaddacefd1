"""What lies sealed under a former secret key is sealed under the present one, and the former one can go."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.utils import timezone

from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.config.resealing import reseal
from kentongan.messages import sealing
from kentongan.messages.models import WebhookEndpoint

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def turned(settings):
    """Give the installation another secret key, with the one before as a former one: `turned()`."""

    def turn():
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "kunci-baru"

    return turn


@pytest.fixture
def former_gone(settings):
    def go():
        settings.SECRET_KEY_FALLBACKS = []

    return go


def code() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def test_second_factors_outlive_the_former_key(officer_of, turned, former_gone):
    officer = officer_of()
    TOTP.activate(officer, SECRET)
    codes = RecoveryCodes.activate(officer).generate_codes()
    turned()

    assert reseal(at=timezone.now()).factors == 2
    former_gone()

    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())
    assert Authenticator.objects.get(type="recovery_codes").wrap().generate_codes() == codes


def test_secrets_of_webhooks_outlive_the_former_key(agency_of, turned, former_gone):
    endpoint = WebhookEndpoint(
        agency=agency_of(), name="uji", url="https://x.go.id", made_at=timezone.now(), made_by="x"
    )
    endpoint.secret_sealed = sealing.sealed(b"kini", of=endpoint.ref)
    endpoint.former_secret_sealed = sealing.sealed(b"lalu", of=endpoint.ref)
    endpoint.former_until = timezone.now()
    endpoint.save()
    turned()

    assert reseal(at=timezone.now()).webhooks == 1
    former_gone()

    endpoint.refresh_from_db()
    assert sealing.opened(bytes(endpoint.secret_sealed), of=endpoint.ref) == b"kini"
    assert sealing.opened(bytes(endpoint.former_secret_sealed), of=endpoint.ref) == b"lalu"
    assert endpoint.version == 2


def test_what_is_sealed_under_the_present_key_is_left_alone_and_a_second_time_nothing_is_left(officer_of, turned):
    TOTP.activate(officer_of(), SECRET)
    turned()
    reseal(at=timezone.now())
    kept = Authenticator.objects.get().data

    assert reseal(at=timezone.now()).factors == 0
    assert Authenticator.objects.get().data == kept


def test_what_no_key_opens_stays_as_it_is_and_is_counted(officer_of, settings):
    TOTP.activate(officer_of(), SECRET)
    kept = Authenticator.objects.get().data
    settings.SECRET_KEY = "kunci-lain"

    resealed = reseal(at=timezone.now())

    assert (resealed.factors, resealed.unopened) == (0, 1)
    assert Authenticator.objects.get().data == kept


def test_a_factor_from_before_the_sealing_is_sealed(officer_of):
    Authenticator.objects.create(user=officer_of(), type="totp", data={"secret": SECRET})

    assert reseal(at=timezone.now()).factors == 1
    assert SECRET not in str(Authenticator.objects.get().data)
    assert Authenticator.objects.get().wrap().validate_code(code())


def test_a_passkey_has_no_secret_and_is_left_alone(officer_of):
    Authenticator.objects.create(user=officer_of(), type="webauthn", data={"name": "kunci", "credential": {}})

    assert reseal(at=timezone.now()).factors == 0


def test_the_sealing_anew_is_in_the_trail(db):
    reseal(at=timezone.now())

    row = TrailRow.objects.get(event=Trail.SECRETS_RESEALED)
    assert row.facts == {"factors": 0, "webhooks": 0, "unopened": 0}


def test_an_officer_stays_signed_in_while_the_former_key_counts(officer_of, client, turned):
    client.force_login(officer_of(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 200
    turned()

    assert client.get("/").status_code == 200
