"""The doors of CAP: download, upload, API and command."""

import json
from datetime import timedelta

import pytest
import typer
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from typer.testing import CliRunner

from kentongan.agencies.staff import issue_token
from kentongan.agreements.access import actor_for
from kentongan.alerts.cap.reading import read
from kentongan.alerts.commands import COMMANDS, CannotWrite, alerts
from kentongan.alerts.models import CapMessage
from kentongan.audit.models import TrailRow
from kentongan.intake.models import Report

from .cap_messages import SMUGGLING, bent

UPLOAD = "/laporan/cap/"


@pytest.fixture
def sign_in(client, officer_of):
    def make(agency="kanim-atambua", *, role="analyst", **more):
        officer = officer_of(agency, role=role, username=f"masuk-{agency}-{role}", **more)
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


def uploaded(client, content=SMUGGLING):
    return client.post(UPLOAD, {"file": SimpleUploadedFile("pesan.xml", content)}, follow=True)


# --- the file of an alert ---


def test_an_officer_downloads_the_cap_of_an_alert_from_its_page_and_the_trail_says_so(raise_to_desk, sign_in):
    alert = raise_to_desk()
    client = sign_in()
    address = f"/peringatan/{alert.pk}/cap/raised.xml"

    page = client.get(f"/peringatan/{alert.pk}/").content.decode()
    answer = client.get(address)

    assert f'href="{address}"' in page
    assert answer["Content-Type"] == "application/cap+xml"
    assert f'filename="{alert.pk}.raised.xml"' in answer["Content-Disposition"]
    assert read(answer.content).restriction.startswith("Terbatas")
    row = TrailRow.objects.get(event="records.exported")
    assert (row.subject, row.facts["as"], row.facts["step"]) == (alert.ref, "CAP 1.2", "raised")


@pytest.mark.parametrize("step", ["closed", "apa-saja"])
def test_a_step_that_has_not_happened_has_no_file(raise_to_desk, sign_in, step):
    assert sign_in().get(f"/peringatan/{raise_to_desk().pk}/cap/{step}.xml").status_code == 404


def test_who_is_shown_nothing_of_an_alert_gets_no_file(raise_to_desk, sign_in):
    address = f"/peringatan/{raise_to_desk().pk}/cap/raised.xml"

    assert sign_in("bp3mi-ntt", kind="labour").get(address).status_code == 404
    assert not TrailRow.objects.filter(event="records.exported").exists()


def test_whoever_has_not_signed_in_is_led_to_the_entrance(client, raise_to_desk):
    assert client.get(f"/peringatan/{raise_to_desk().pk}/cap/raised.xml").status_code == 302
    assert client.get(UPLOAD).status_code == 302


# --- files from outside ---


def test_a_file_is_uploaded_where_reports_are(gazetteer_rows, sign_in):
    client = sign_in()

    assert f'href="{UPLOAD}"' in client.get("/laporan/").content.decode()
    page = uploaded(client).content.decode()

    assert "Pesan CAP diterima sebagai laporan." in page
    assert "Penyeberangan dekat Silawan" in page
    assert (Report.objects.get().channel, CapMessage.objects.count()) == ("upload", 1)


def test_a_faulty_file_is_refused_with_every_element_on_the_page(gazetteer_rows, sign_in):
    client = sign_in()

    answer = uploaded(client, bent("<status>Actual", "<status>Nyata", within=bent("+09:00", "Z")))

    assert answer.status_code == 422
    assert all(name in answer.content.decode() for name in ("alert/sent", "alert/status", "Nyata"))
    assert not Report.objects.exists()


def test_nothing_uploaded_is_said_so(sign_in):
    assert sign_in().post(UPLOAD, {}).status_code == 422


@pytest.mark.parametrize("role", ["leader", "overseer"])
def test_a_role_that_sends_no_reports_is_refused(sign_in, role):
    client = sign_in(role=role)

    assert client.get(UPLOAD).status_code == 403
    assert uploaded(client).status_code == 403


def test_another_agencys_messages_are_not_listed(gazetteer_rows, sign_in, client):
    uploaded(sign_in())

    assert "Penyeberangan" not in sign_in("polres-belu", kind="police").get(UPLOAD).content.decode()


@pytest.fixture
def send(client, gazetteer_rows, officer_of):
    """Send a body to the API with the key of an officer."""
    officer, at = officer_of("kanim-atambua", username="kunci"), timezone.now()
    by = actor_for(officer, purpose="prevention", at=at)
    token = issue_token(
        officer=officer, name="uji", purpose="prevention", expires_at=at + timedelta(days=1), by=by, at=at
    ).secret

    def make(content):
        return client.post(
            "/api/v1/alerts/cap",
            content,
            content_type="application/cap+xml",
            headers={"authorization": f"Bearer {token}"},
        )

    return make


def test_a_system_sends_a_message_with_a_key(send):
    first, again = send(SMUGGLING), send(SMUGGLING)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {"report": str(Report.objects.get().pk), "is_new": True, "follows": [], "noted_on": []}


def test_a_system_hears_every_fault_of_its_message(send):
    answer = send(bent("<status>Actual", "<status>Nyata", within=bent("+09:00", "Z")))

    assert (answer.status_code, answer.json()["code"]) == (422, "alerts.cap_refused")
    assert [fault["field"] for fault in answer.json()["errors"]] == ["alert/sent", "alert/status"]


# --- the command ---


@pytest.fixture
def command():
    app = typer.Typer()
    app.command("alerts")(COMMANDS["alerts"])
    return lambda *words: CliRunner().invoke(app, words, catch_exceptions=False)


def test_the_command_prints_the_open_alerts_that_are_public(raise_to_desk, finding_of, command):
    raise_to_desk(finding=finding_of(stream="goods"), changed_why="uji")
    public = raise_to_desk(finding=finding_of(stream="trafficking"), is_public=True)

    printed = command("--cap")

    assert printed.exit_code == 0
    assert read(printed.stdout.encode()).identifier == f"{public.pk}.raised"
    assert "Silawan" in command().stdout


def test_the_command_writes_a_file_for_each(raise_to_desk, command, tmp_path):
    public = raise_to_desk(is_public=True)

    command("--cap", "--out", str(tmp_path / "keluar"))

    (file,) = (tmp_path / "keluar").iterdir()
    assert file.name == f"{public.pk}.raised.xml"
    assert read(file.read_bytes()).scope == "Public"


def test_a_folder_that_cannot_be_written_is_said_so(raise_to_desk, tmp_path):
    raise_to_desk(is_public=True)
    (tmp_path / "berkas").write_text("")

    with pytest.raises(CannotWrite):
        alerts(cap=True, out=tmp_path / "berkas")


def test_nothing_public_prints_nothing(db, command):
    assert command("--cap").stdout == ""


def test_the_openapi_description_names_the_way_in(client, db):
    described = json.loads(client.get("/api/v1/openapi.json").content)

    assert "application/cap+xml" in described["paths"]["/api/v1/alerts/cap"]["post"]["requestBody"]["content"]
