"""Files made by hand, one small thing each."""

import zipfile
from io import BytesIO

import pytest
from django.utils import translation

from kentongan.intake.drafts import ReportDraft
from kentongan.intake.tests.files import pdf_of


@pytest.fixture(autouse=True)
def indonesian():
    """Leave no test in the language of the page that another one asked for."""
    with translation.override("id"):
        yield


@pytest.fixture
def draft():
    """Make a pasted report: `draft("Lima orang menyeberang", source="pelapor")`."""

    def make(text="Lima orang menyeberang lewat jalan tikus di Silawan.", **more):
        return ReportDraft(**{"channel": "paste", "text": text, **more})

    return make


@pytest.fixture
def pdf():
    return pdf_of


@pytest.fixture
def archive():
    """Make a ZIP of named contents."""

    def make(**entries):
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in entries.items():
                packed.writestr(name, content)
        return out.getvalue()

    return make
