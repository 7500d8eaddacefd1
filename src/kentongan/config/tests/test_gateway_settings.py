"""The file of gateways: read strictly, remembered as holding secrets, and nonsense stops the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from kentongan.config import settings as source


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "SECRET_FILES", {})
    file = tmp_path / "gerbang.toml"

    def ask(content: str):
        file.write_text(content)
        return source.gateways_in(str(file))

    return ask


def test_a_gateway_is_read_with_what_is_usual_where_nothing_is_said(read, tmp_path):
    found = read('[sms]\nurl = "https://gerbang.test/kirim"\nfrom = "+99900"\n')

    assert found["sms"]["method"] == "POST"
    assert found["sms"]["body"] == "id={{id}}&text={{text}}&to={{to}}&from={{from}}"
    assert "whatsapp" not in found
    assert source.SECRET_FILES["KENTONGAN_GATEWAYS"] == tmp_path / "gerbang.toml"


def test_without_a_file_there_is_no_gateway():
    assert source.gateways_in("") == {}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[sms", "TOML"),
        ("sms = 1", "sms"),
        ("[merpati]", "merpati"),
        ("[sms]", "url"),
        ('[sms]\nurl = "gerbang.test"', "url"),
        ('[sms]\nurl = "https://g.test"\nmetode = "GET"', "metode"),
        ('[sms]\nurl = "https://g.test"\nmethod = "DELETE"', "method"),
        ('[sms]\nurl = "https://g.test"\ncallback_secret = "pendek"', "callback_secret"),
    ],
)
def test_nonsense_stops_the_start_and_is_named(read, content, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        read(content)


def test_a_file_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="KENTONGAN_GATEWAYS"):
        source.gateways_in(str(tmp_path / "tidak-ada.toml"))
