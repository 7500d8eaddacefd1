"""R06: reading any text, whoever it names, leaves every table about persons as it was."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.agencies.loading import load_agencies
from kentongan.agencies.models import PositionHeld
from kentongan.agencies.rules import Console
from kentongan.agreements.access import system_actor
from kentongan.events.actions import read_report
from kentongan.events.knowledge import shipped_knowledge
from kentongan.events.models import Event, ReadingRow
from kentongan.intake.actions import receive
from kentongan.intake.drafts import ReportDraft
from kentongan.reading.reader import Reader

from .people import person_models, person_rows

NAMES = (
    "Maria Contoh",
    "Drs. Yohanes Percontohan, M.M.",
    "Brigjen Pol Anu Misal",
    "Bupati Fulan bin Polan",
    "João Exemplo",
)
POSTS = (
    "Kepala Kantor Imigrasi Atambua",
    "Kapolres Belu",
    "Wakil Bupati Belu",
    "Kasat Reskrim",
    "Kepala Desa Silawan",
    "tersangka",
)
DEEDS = (
    "merekrut 12 orang calon pekerja migran nonprosedural",
    "mengatakan hal itu",
    "ditangkap",
    "melintas secara ilegal",
    "diperiksa",
)
PLACES = ("di Desa Silawan, Kabupaten Belu", "di Atambua", "di Kota Kupang", "di Serang", "di PLBN Mota'ain")

sentences = st.builds(
    "{}, {}, {} {}, Kamis (5/2/2026).".format,
    st.sampled_from(POSTS),
    st.sampled_from(NAMES),
    st.sampled_from(DEEDS),
    st.sampled_from(PLACES),
)
noise = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
texts = st.lists(st.one_of(sentences, noise), min_size=1, max_size=6).map(" ".join).filter(str.strip)


@pytest.fixture
def actor(gazetteer_rows, kinds, actor_of):
    return actor_of("kanim-atambua")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(shipped_knowledge())


def read(text: str, *, reader: Reader, actor, at) -> None:
    report = receive(draft=ReportDraft(channel="paste", text=text), by=actor, at=at).report
    machine = system_actor(report.owner, name="worker", purpose="prevention", at=at)
    read_report(report=report, reader=reader, by=machine, at=at)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(text=texts)
def test_reading_a_text_makes_no_person(reader, actor, now, text: str) -> None:
    before = person_rows()

    read(text, reader=reader, actor=actor, at=now)

    assert person_rows() == before


def test_a_text_full_of_names_is_read_and_its_names_stay_in_the_reading(reader, actor, now) -> None:
    before = person_rows()
    text = (
        "Kapolres Belu, Maria Contoh, mengatakan 12 orang calon pekerja migran nonprosedural ditemukan di Desa Silawan, "
        "Kabupaten Belu, Kamis (5/2/2026). Kepala Desa Silawan, Yohanes Percontohan, melaporkan perdagangan orang itu."
    )

    read(text, reader=reader, actor=actor, at=now)

    assert "Contoh" in str(ReadingRow.objects.get().content)
    assert Event.objects.exists()
    assert "Contoh" not in str(list(Event.objects.values()))
    assert person_rows() == before


def test_the_tables_that_are_compared_are_those_about_persons() -> None:
    assert {model.__name__ for model in person_models()} >= {"Officer", "PositionHeld", "Posting"}


@pytest.mark.django_db
def test_shipped_data_hold_no_office_holders(gazetteer_rows, now) -> None:
    load_agencies(by=Console(), at=now)

    assert not PositionHeld.objects.exists()
