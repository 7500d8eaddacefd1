"""Whose data are shipped, and that the notice of it goes wherever they go."""

import re
import tomllib

import pytest

from tests.documents.pages import ROOT

NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
SOURCES = re.compile(r"^\| (?:npm|PyPI) `([^`]+)` \| ([\d.]+) \| ([^|;( ]+)", re.M)


def sources():
    readme = (ROOT / "src/kentongan/places/data/README.md").read_text(encoding="utf-8")
    return SOURCES.findall(readme)


def test_the_gazetteer_names_its_sources():
    assert len(sources()) == 4


@pytest.mark.parametrize(("name", "version", "licence"), sources())
def test_every_source_of_the_gazetteer_is_in_the_notice_with_its_licence(name, version, licence):
    about = NOTICE.partition(f"{name} {version}")[2].partition("\n\n")[0]

    assert licence.replace("GPLv3", "GPL-3.0") in about


def test_the_list_of_ordinary_words_is_attributed_as_its_licence_asks():
    head = (ROOT / "src/kentongan/reading/data/ordinary_words.txt").read_text(encoding="utf-8")[:500]

    for words in ("OpenSubtitles 2024", "OPUS", "ODC-BY 1.0", "@zxcvbn-ts/language-id 4.1.1"):
        assert words in head
        assert words in NOTICE


def test_the_notice_is_part_of_what_is_built():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["license-files"] == ["LICENSE", "NOTICE"]
    assert "(NOTICE)" in (ROOT / "README.md").read_text(encoding="utf-8")
