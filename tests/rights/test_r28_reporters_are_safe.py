"""R28: a reporter is anonymous by default; whoever leaves an identity finds it nowhere but in the answer of an opening.

The scan leaves an identity of made-up words, then looks at every page, every operation of the API, every shape and export as
every role of the owner and of another agency, and at every row of every table.
"""

import json
import logging
from datetime import timedelta

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agencies.staff import issue_token
from kentongan.agreements.access import actor_for
from kentongan.audit.models import TrailRow
from kentongan.events import actions as events
from kentongan.intake.api import ReportIn, ReportText
from kentongan.intake.forms import FieldReportForm, ImportForm, NilReportForm, ReportForm
from kentongan.intake.models import Report, ReporterLink
from kentongan.intake.reporter_question import ReporterForm
from kentongan.vault.actions import open_identity
from kentongan.vault.models import Identity, SealedIdentity
from kentongan.vault.tests.making import ADDRESS, CANARIES, CONTACT, NAME, REASON, RELATION, switch_on
from kentongan.vocabulary.models import Kind

from .walking import addresses, body_of, looked_at

IDENTITY = {"name": NAME, "contact": CONTACT, "address_note": ADDRESS, "relation": RELATION}
OWNER, OTHER = "kanim-atambua", "polres-belu"
IN_EVERY_RUN = {
    OWNER: {"case_officer", "overseer"},
    OTHER: {"analyst"},
}
"""One role for each way of seeing; the other roles look at night."""

LOOKERS = [
    pytest.param(
        agency, role, marks=() if role in IN_EVERY_RUN[agency] else pytest.mark.nightly, id=f"{role} of {agency}"
    )
    for agency in (OWNER, OTHER)
    for role in ROLE_LABELS
]
TEXT = "Lima orang calon pekerja migran nonprosedural lewat jalan tikus di Desa Silawan, Kabupaten Belu."


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "keys"


@pytest.fixture
def desk(gazetteer_rows, kinds, officer_of, db):
    """The office that keeps the identity: a case officer, signed in, while the vault is on."""
    switch_on(timezone.now())
    officer = officer_of("kanim-atambua", role="case_officer", username="meja")
    client = Client()
    client.force_login(officer)
    client.officer = officer
    return client


def field_report(**other):
    return {"what": TEXT, "place": "Silawan, Tasifeto Timur, Belu", "on": timezone.localdate().isoformat(), **other}


def named(**other):
    return field_report(**{f"reporter-{field}": written for field, written in (IDENTITY | other).items()})


def leaks_in(content: bytes) -> list[str]:
    return [word for word in CANARIES if word.casefold().encode() in content.lower()]


def token_of(officer, purpose="investigation") -> str:
    at = timezone.now()
    by = actor_for(officer, purpose=purpose, at=at)
    issued = issue_token(officer=officer, name="uji", purpose=purpose, expires_at=at + timedelta(days=1), by=by, at=at)
    return issued.secret


# --- anonymous by default ---


def test_a_report_without_the_optional_part_leaves_no_identity(desk):
    desk.post(reverse("report_field"), field_report())

    assert Report.objects.count() == 1
    assert not Identity.objects.exists()


def test_the_part_is_folded_and_says_that_it_is_optional(desk):
    html = desk.get(reverse("report_field")).content.decode()

    assert '<details class="field">' in html
    assert "Identitas pelapor (opsional)" in html
    assert not [name for name, field in ReporterForm.base_fields.items() if field.required]


def test_nothing_asks_for_a_reporter_elsewhere():
    asked = {
        name
        for form in (ReportForm, FieldReportForm, NilReportForm, ImportForm)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
    }

    assert asked <= {
        "text",
        "title",
        "source",
        "author",
        "address",
        "what",
        "place",
        "place_code",
        "place_asked",
        "note",
    }
    assert "Bukan pelapor" in str(ReportForm.base_fields["author"].help_text)
    assert "never a reporter" in ReportIn.model_fields["author"].description
    assert "reporter" not in ReportText.model_fields


def test_while_the_vault_is_off_nobody_is_asked(desk):
    from kentongan.agreements.models import ImpactAssessment

    ImpactAssessment.objects.all().delete()

    html = desk.get(reverse("report_field")).content.decode()
    desk.post(reverse("report_field"), named())

    assert "reporter-name" not in html
    assert "anonim" in html
    assert Report.objects.count() == 1
    assert not Identity.objects.exists()


# --- into the vault, in one transaction with the report ---


def test_an_identity_goes_to_the_vault_and_the_report_keeps_nothing_of_it(desk):
    desk.post(reverse("report_field"), named(consents="on"))

    link = ReporterLink.objects.get()
    assert link.report == Report.objects.get()
    assert link.identity.about == link.report.ref
    assert "reporter" not in {field.name for field in Report._meta.get_fields()}
    assert leaks_in(str(Report.objects.values().get()).encode()) == []


def test_report_and_identity_come_together_or_not_at_all(desk, monkeypatch):
    from kentongan.vault import actions

    def fails(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(actions, "seal", fails)

    with pytest.raises(RuntimeError):
        desk.post(reverse("report_field"), named())
    assert not Report.objects.exists()
    assert not Identity.objects.exists()


def test_the_same_report_again_does_not_store_the_identity_again(desk):
    desk.post(reverse("report_field"), named())
    desk.post(reverse("report_field"), named())

    assert (Report.objects.count(), Identity.objects.count()) == (1, 1)


def test_an_identity_that_names_nobody_is_asked_again_and_nothing_is_stored(desk):
    answer = desk.post(reverse("report_field"), named(name="", contact=""))

    assert answer.status_code == 422
    assert '<details class="field" open>' in answer.content.decode()
    assert not Report.objects.exists()


def test_the_api_takes_an_identity_and_gives_back_a_pseudonym(desk):
    token = token_of(desk.officer)
    sent = {"text": TEXT, "place": "53.04.02.2001", "reporter": IDENTITY | {"consents": True}}

    answer = Client().post(
        "/api/v1/reports",
        json.dumps(sent),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 201
    assert answer.json()["pseudonym"] == Identity.objects.get().pseudonym
    assert leaks_in(body_of(answer)) == []


def test_a_faulty_identity_over_the_api_is_refused_without_repeating_it(desk):
    token = token_of(desk.officer)
    for identity in ({"name": f"{NAME}\x07"}, {"name": NAME * 20}, {"relation": RELATION}, {"nama": NAME, "name": 7}):
        answer = Client().post(
            "/api/v1/reports",
            json.dumps({"text": TEXT, "reporter": identity}),
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 422
        assert leaks_in(body_of(answer)) == []
    assert not Report.objects.exists()


def test_with_the_vault_off_the_api_says_so_and_keeps_neither(desk):
    from kentongan.agreements.models import ImpactAssessment

    ImpactAssessment.objects.all().delete()
    token = token_of(desk.officer)

    answer = Client().post(
        "/api/v1/reports",
        json.dumps({"text": TEXT, "reporter": IDENTITY}),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "modules.off")
    assert not Report.objects.exists()


# --- the scan ---


@pytest.fixture
def kept(desk):
    """An identity that came by the field form, its report made a confirmed event, opened once."""
    desk.post(reverse("report_field"), named(consents="on"))
    at = timezone.now()
    report, identity = Report.objects.get(), Identity.objects.get()
    analyst = actor_for(desk.officer, purpose="prevention", at=at)
    facts = events.EventFacts("Pekerja lewat jalan tikus", 5, at.date(), at.date() + timedelta(days=1), "day", 5)
    event = events.add_event(
        report=report, facts=facts, kinds=[Kind.objects.get(pk="PMI.NP")], by=analyst, at=at, reason="dari laporan"
    )
    events.confirm(event=event, version=event.version, by=analyst, at=at)
    by = actor_for(desk.officer, purpose="investigation", at=at)
    assert open_identity(identity=identity, ground="consent", reason=REASON, by=by, at=at).fields.name == NAME
    return {
        "laporan.*": report.pk,
        "reports.*": report.pk,
        "kejadian.*": event.pk,
        "events.*": event.pk,
        "brankas.*": identity.pk,
        "petugas.*": desk.officer.pk,
        "instansi.*": "kanim-atambua",
        "code": "53.04.02.2001",
        "model": "identity",
        "pk": identity.pk,
        "z": 8,
        "x": 216,
        "y": 134,
        "pengawasan.pk": TrailRow.objects.filter(event="vault.opened").get().pk,
        "<uuid>": identity.pk,
        "<int>": 1,
        "<slug>": "vault",
        "<str>": "vault",
        "<None>": identity.pk,
    }


@pytest.mark.parametrize(("agency", "role"), LOOKERS)
def test_no_page_operation_shape_or_export_tells_who_reported(kept, officer_of, agency, role):
    officer = officer_of(agency, role=role, **({} if agency == "kanim-atambua" else {"kind": "police"}))
    client = Client(raise_request_exception=False)
    client.force_login(officer)
    session = client.session
    session["purpose"] = "investigation"
    session.save()
    token = token_of(officer)

    leaked, broken, unsealed, seen = [], [], [], 0
    for address in addresses():
        path = address.filled(kept)
        with CaptureQueriesContext(connection) as queries:
            answer = looked_at(client, path, token if address.is_api else "")
        content = body_of(answer)
        seen += answer.status_code == 200
        leaked += [f"{path}: {word}" for word in leaks_in(content)]
        broken += [path] if answer.status_code >= 500 else []
        unsealed += [path for query in queries if "vault_sealedidentity" in query["sql"].casefold()]
    assert (leaked, broken, unsealed) == ([], [], [])
    assert seen > 8


def test_the_scan_walks_the_pages_the_api_the_map_and_the_exports(kept):
    names = {address.name for address in addresses()}

    assert names >= {
        "home", "report_list", "report_detail", "event_detail", "identity_list", "identity_detail", "get_report", "list_reports",
        "map_events", "map_villages", "openapi-json", "module_list", "place_detail", "officer_list", "count_export",
    }  # fmt: skip


def test_the_scan_would_notice(kept, desk):
    """The one answer that may tell it is the opening's: the very words that the scan looks for are in it."""
    session = desk.session
    session["purpose"] = "investigation"
    session.save()

    answer = desk.post(
        reverse("identity_open", args=[kept["brankas.*"]]), {"ground": "imminent_risk", "reason": REASON}
    )

    assert set(leaks_in(body_of(answer))) == set(CANARIES)


def test_no_row_of_any_table_and_no_line_of_a_log_tells_it(desk, caplog, request):
    with caplog.at_level(logging.DEBUG):
        request.getfixturevalue("kept")

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - every table, by its own name
            for row in cursor.fetchall():
                cells = (bytes(c) if isinstance(c, memoryview) else c for c in row)
                found += [table for c in cells if leaks_in(c if isinstance(c, bytes) else str(c).encode())]
    assert found == []
    assert SealedIdentity.objects.count() == 1
    assert leaks_in(caplog.text.encode()) == []


def test_no_row_of_the_trail_names_the_pseudonym_beside_the_report(kept):
    """References only: the trail says which identity was left with which report, never under which name."""
    mark = Identity.objects.get().mark

    assert f"Pelapor {mark}" not in str(list(TrailRow.objects.values()))


def test_a_partner_who_is_granted_the_whole_report_does_not_get_the_reporter(kept, officer_of, desk):
    from kentongan.agreements.models import Grant

    officer = officer_of("polres-belu", role="case_officer", kind="police")
    Grant.objects.create(
        category="reports", record=kept["laporan.*"], agency_id="polres-belu", cause="referral", because="referral:1",
        valid_from=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    client = Client()
    client.force_login(officer)

    page = client.get(reverse("report_detail", args=[kept["laporan.*"]]))

    assert page.status_code == 200
    assert Identity.objects.get().mark not in page.content.decode()
    assert str(kept["brankas.*"]) not in page.content.decode()
