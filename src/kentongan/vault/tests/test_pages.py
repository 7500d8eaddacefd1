"""Pages of the vault: pseudonyms in lists, one answer in clear, nothing elsewhere."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kentongan.agreements.access import actor_for
from kentongan.agreements.models import ConditionMet
from kentongan.audit.models import TrailRow
from kentongan.vault.actions import withdraw_consent
from kentongan.vault.models import Identity, SealedIdentity
from kentongan.vault.tests.making import CANARIES, CONTACT, NAME, REASON, stored, switch_on


@pytest.fixture
def on(db):
    return switch_on(timezone.now())


@pytest.fixture
def desk(client, officer_of, gazetteer_rows, on):
    """A signed-in case officer with the purpose of investigation, and an identity that this office keeps."""
    officer = officer_of("kanim-atambua", role="case_officer")
    client.force_login(officer)
    session = client.session
    session["purpose"] = "investigation"
    session.save()
    client.actor = actor_for(officer, purpose="investigation", at=timezone.now())
    client.identity = stored(client.actor, timezone.now(), consents=True)
    return client


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def opening(**other):
    return {"ground": "imminent_risk", "reason": REASON, **other}


def test_the_list_has_pseudonyms_and_dates_and_selects_no_sealed_column(desk):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = desk.get(reverse("identity_list"))

    assert desk.identity.pseudonym in words(answer)
    assert [word for word in CANARIES if word in answer.content.decode()] == []
    assert not [q["sql"] for q in queries if "sealedidentity" in q["sql"] or "ciphertext" in q["sql"]]
    assert TrailRow.objects.filter(event="records.listed", facts__category="persons").exists()


def test_the_number_of_queries_does_not_grow_with_the_list(desk, django_assert_max_num_queries):
    for _n in range(24):
        stored(desk.actor, timezone.now())

    with django_assert_max_num_queries(25):
        desk.get(reverse("identity_list"))


def test_an_identity_is_shown_once_and_may_not_be_kept_by_the_browser(desk):
    answer = desk.post(reverse("identity_open", args=[desk.identity.pk]), opening())

    assert answer.status_code == 200
    assert NAME in words(answer)
    assert CONTACT in words(answer)
    assert "no-store" in answer["Cache-Control"]
    after = desk.get(reverse("identity_detail", args=[desk.identity.pk]))
    assert [word for word in CANARIES if word in after.content.decode()] == []
    assert REASON in words(after)
    assert str(desk.actor.officer) not in words(after)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"reason": ""}, 422),
        ({"ground": "curiosity"}, 422),
        ({"ground": "court_order", "document": ""}, 403),
        ({"reason": "menghubungi Zkanaria lagi"}, 403),
    ],
)
def test_a_faulty_wish_shows_nothing(desk, given, status):
    answer = desk.post(reverse("identity_open", args=[desk.identity.pk]), opening(**given))

    assert answer.status_code == status
    shown = answer.content.decode().replace("menghubungi Zkanaria lagi", "")
    assert [word for word in CANARIES if word in shown] == []


def test_after_withdrawal_consent_opens_nothing_and_the_page_lists_the_receivers(desk):
    address = reverse("identity_open", args=[desk.identity.pk])
    assert desk.post(address, opening(ground="consent")).status_code == 200

    told = desk.post(reverse("consent_withdraw", args=[desk.identity.pk]), {"reason": "ditarik"}, follow=True)

    assert "1 pembukaan atas persetujuan" in words(told)
    assert "Petugas kanim-atambua" in words(told)
    assert desk.post(address, opening(ground="consent")).status_code == 403


def test_the_page_says_that_a_reason_was_not_kept(desk):
    given = {"reason": "ditarik lewat telepon"}

    told = desk.post(reverse("consent_withdraw", args=[desk.identity.pk]), given, follow=True)

    assert "Persetujuan ditarik" in words(told)
    assert "Alasan yang Anda tulis tidak disimpan" in words(told)


def test_consent_is_recorded_and_an_identity_corrected_and_erased(desk):
    withdraw_consent(identity=desk.identity, reason="ditarik", by=desk.actor, at=timezone.now())
    pk = desk.identity.pk

    desk.post(reverse("consent_record", args=[pk]), {"document": "surat 7/2026"})
    desk.post(
        reverse("identity_correct", args=[pk]),
        {"revision": desk.identity.revision, "contact": "lewat pos", "reason": "kontak berganti"},
    )
    shown = words(desk.post(reverse("identity_open", args=[pk]), opening(ground="consent")))
    erased = desk.post(
        reverse("identity_erase", args=[pk]),
        {"revision": Identity.objects.get().revision, "reason": "permintaan"},
        follow=True,
    )

    assert "lewat pos" in shown
    assert "Sudah dihapus" in words(erased)
    assert not SealedIdentity.objects.exists()


def test_a_correction_of_an_old_revision_is_refused_and_shows_the_page(desk):
    answer = desk.post(
        reverse("identity_correct", args=[desk.identity.pk]),
        {"revision": desk.identity.pk, "relation": "tetangga", "reason": "salah"},
    )

    assert answer.status_code == 409
    assert "petugas lain" in words(answer)


def test_in_another_purpose_the_page_says_which_is_needed(desk):
    session = desk.session
    session["purpose"] = "prevention"
    session.save()

    assert "Pelindungan korban" in words(desk.get(reverse("identity_detail", args=[desk.identity.pk])))
    assert desk.post(reverse("identity_open", args=[desk.identity.pk]), opening()).status_code == 403


@pytest.mark.parametrize("name", ["identity_open", "identity_correct", "consent_record", "identity_list"])
def test_while_the_module_is_off_the_page_says_so_and_what_is_needed(desk, on, name):
    on.delete()
    arguments = [] if name == "identity_list" else [desk.identity.pk]

    answer = desk.get(reverse(name)) if not arguments else desk.post(reverse(name, args=arguments), opening())

    assert answer.status_code == 403
    assert "penilaian dampak" in words(answer)


def test_a_reports_page_names_the_pseudonym_to_those_who_may_see_the_vaults_list(desk):
    sent = {
        "what": "Lima orang lewat jalan tikus.",
        "place": "Silawan, Tasifeto Timur, Belu",
        "on": timezone.localdate(),
    }
    told = desk.post(reverse("report_field"), {**sent, "reporter-name": NAME, "reporter-contact": CONTACT}, follow=True)

    assert "disimpan tersandi sebagai Pelapor" in words(told)
    assert re.search(r"Pelapor Pelapor [0-9A-F]{4}", words(told))
    assert [word for word in CANARIES if word in told.content.decode()] == []


def test_the_page_of_conditions_keeps_no_consents_of_the_vault(desk):
    consent = ConditionMet.objects.get(record=desk.identity.pk)
    given = {"condition": "consent", "document": f"Surat {NAME}", "receiver": "", "until": ""}

    seen = desk.get(reverse("condition_list", args=["identity", desk.identity.pk]))
    recorded = desk.post(reverse("condition_list", args=["identity", desk.identity.pk]), given)
    withdrawn = desk.post(
        reverse("condition_withdraw", args=["identity", desk.identity.pk, consent.pk]), {"why": f"{NAME} menolak"}
    )

    assert [answer.status_code for answer in (seen, recorded, withdrawn)] == [404, 404, 404]
    assert list(ConditionMet.objects.filter(record=desk.identity.pk)) == [consent]
    assert not TrailRow.objects.filter(why__contains=NAME).exists()
