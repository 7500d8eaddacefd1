"""R12: no field holds a claimed group or UNHCR's content; a text that carries them is warned of at the entrance."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kentongan.intake.claims import claims_in, warning_of
from kentongan.intake.models import Report

from . import surfaces

UNHCR_CONTENT = re.compile(
    r"unhcr|rsd|claimed_(group|identity)|refugee_(number|claim)|asylum_(claim|reason)", re.IGNORECASE
)


def test_no_model_form_or_schema_has_a_field_for_it() -> None:
    declared = [*surfaces.names_in_models(), *surfaces.names_in_forms(), *surfaces.names_in_api()]
    names = {named.name for named in declared if re.fullmatch(r"\w+", named.name)}

    assert len(names) > 200
    assert [name for name in sorted(names) if UNHCR_CONTENT.search(name)] == []


@pytest.mark.parametrize(
    ("text", "groups", "unhcr"),
    [
        ("Sembilan pengungsi etnis Rohingya mendarat.", ("etnis", "Rohingya"), ()),
        ("Pencari suaka itu mengaku suku minoritas.", ("mengaku suku",), ()),
        ("Pencari suaka dari kelompok  minoritas.", ("kelompok  minoritas",), ()),
        ("Nomor UNHCR 000-00C00000 tertera di kartunya.", (), ("Nomor UNHCR",)),
        ("Isi wawancara RSD: ia lari karena penganut ajaran itu.", ("penganut",), ("wawancara RSD",)),
        ("Refugees of the Hazara minority.", ("Hazara", "minority"), ()),
        ("Refugiados da etnia X.", ("etnia",), ()),
    ],
)
def test_a_text_on_refugees_that_states_a_claimed_group_or_unhcr_content_is_noticed(text, groups, unhcr) -> None:
    claims = claims_in(text)

    assert claims is not None
    assert (claims.groups, claims.unhcr) == (groups, unhcr)
    assert all(word in claims.warning for word in (*groups, *unhcr))


@pytest.mark.parametrize(
    "text",
    [
        "Lima orang lewat jalan tikus di Silawan.",
        "Sembilan pengungsi mendarat; statusnya sedang diverifikasi UNHCR.",
        "Tokoh agama dan kelompok minoritas hadir dalam rapat.",
        "Etnis itu tidak disebut.",
        "Suakarya dan pengungsian.",
        "",
    ],
)
def test_other_texts_are_let_pass(text) -> None:
    assert claims_in(text) is None
    assert warning_of(text) == ""


@given(st.text(max_size=200))
def test_without_a_word_on_refugees_nothing_is_warned_of(text) -> None:
    spoken = re.compile("ungsi|suaka|unhcr|refu|asyl|deteni|rsd|stateless|warganegara|asilo", re.IGNORECASE)

    assert spoken.search(text) or claims_in(text) is None


# --- at the entrance ---


@pytest.fixture
def desk(client, officer_of, gazetteer_rows):
    client.force_login(officer_of("kanim-atambua", role="analyst"))
    return client


CLAIMING = "Sembilan pengungsi etnis Rohingya mendarat di pantai."


def sendings():
    today = timezone.localdate().isoformat()
    place = "Silawan, Tasifeto Timur, Belu"
    return {
        "report_new": {"text": CLAIMING},
        "report_field": {"what": CLAIMING, "place": place, "on": today},
        "report_nil": {"note": CLAIMING, "place": place, "first": today, "last": today},
    }


@pytest.mark.parametrize("name", ["report_new", "report_field", "report_nil"])
def test_the_sender_is_warned_once_and_decides(desk, name) -> None:
    sent = sendings()[name]

    warned = desk.post(reverse(name), sent)
    assert warned.status_code == 422
    assert "Rohingya" in warned.content.decode()
    assert 'name="claims_seen"' in warned.content.decode()
    assert not Report.objects.exists()

    assert desk.post(reverse(name), {**sent, "claims_seen": "on"}).status_code == 302
    assert CLAIMING in Report.objects.get().text


@pytest.mark.parametrize("name", ["report_new", "report_field", "report_nil"])
def test_where_nothing_is_claimed_nothing_is_asked(desk, name) -> None:
    assert "claims_seen" not in desk.get(reverse(name)).content.decode()


def test_an_uploaded_file_is_warned_of_too(desk) -> None:
    answer = desk.post(reverse("report_new"), {"file": SimpleUploadedFile("a.txt", CLAIMING.encode())})

    assert answer.status_code == 422
    assert "Rohingya" in answer.content.decode()


def test_an_import_names_the_rows_that_claim_something(desk) -> None:
    table = f"teks,terbit\nLima orang lewat.,2026-03-03\n{CLAIMING},2026-03-03\n"

    answer = desk.post(reverse("report_import"), {"file": SimpleUploadedFile("laporan.csv", table.encode())})

    notes = [note for note in answer.context["notes"] if "Rohingya" in note]
    assert [note.partition(":")[0] for note in notes] == ["Nomor 3"]


def test_the_api_answers_with_the_warning(desk, officer_of) -> None:
    import json
    from datetime import timedelta

    from django.test import Client

    from kentongan.agencies.staff import issue_token
    from kentongan.agreements.access import actor_for

    at = timezone.now()
    officer = officer_of("kanim-serang", role="analyst")
    by = actor_for(officer, purpose="prevention", at=at)
    token = issue_token(
        officer=officer, name="uji", purpose="prevention", expires_at=at + timedelta(days=1), by=by, at=at
    ).secret

    def sent(text: str) -> list[str]:
        answer = Client().post(
            "/api/v1/reports",
            json.dumps({"text": text}),
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )
        return answer.json()["warnings"]

    assert sent("Lima orang lewat.") == []
    (warning,) = sent(CLAIMING)
    assert "Rohingya" in warning
