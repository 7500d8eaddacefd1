"""`kentongan import` and `kentongan feed`."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import typer
from typer.testing import CliRunner

from kentongan.audit.models import OutboxRow
from kentongan.intake import commands
from kentongan.intake.actions import BatchRefused
from kentongan.intake.command_actor import NobodyActs
from kentongan.intake.commands import NoSuchFile
from kentongan.intake.fetching import FeedNotFetched, FeedNotListed, fetched
from kentongan.intake.formats import FileRefused
from kentongan.intake.models import Report

RSS = "<rss version='2.0'><channel><title>Kabar</title><item><title>Lima orang dicegah</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def kentongan(gazetteer_rows, agency_of):
    agency_of("kanim-atambua")
    app = typer.Typer()
    for name, command in commands.COMMANDS.items():
        app.command(name)(command)
    return lambda *words: CliRunner().invoke(
        app, [*map(str, words), "--agency", "kanim-atambua"], catch_exceptions=False
    )


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "laporan.csv"
    rows = [f"Laporan nomor {n}.,{'kapan' if n in (10, 50, 90) else '2026-03-03'}" for n in range(1, 101)]
    path.write_text("\n".join(["teks,terbit", *rows]), encoding="utf-8")
    return path


@pytest.fixture
def feed_server():
    """A feed on this machine, which no other machine is asked for."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302 if self.path == "/away" else 200)
            if self.path == "/away":
                self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            self.wfile.write(RSS.encode())

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_three_bad_rows_of_a_hundred_save_nothing(kentongan, table):
    with pytest.raises(BatchRefused) as refusal:
        kentongan("import", table)

    assert [fault.row for fault in refusal.value.faults] == [11, 51, 91]
    assert not Report.objects.exists()
    assert not OutboxRow.objects.exists()


def test_skip_bad_saves_the_good_and_writes_the_bad_beside_the_file(kentongan, table, tmp_path):
    done = kentongan("import", table, "--skip-bad")

    assert Report.objects.count() == 97
    back = (tmp_path / "laporan-salah.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in back] == [
        "teks",
        "Laporan nomor 10.",
        "Laporan nomor 50.",
        "Laporan nomor 90.",
    ]
    assert "97 laporan baru" in done.stderr


def test_importing_again_adds_nothing(kentongan, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "Lima orang."}) + "\n" + json.dumps({"text": "Enam orang."}), encoding="utf-8")
    kentongan("import", path)

    done = kentongan("import", path)

    assert "0 laporan baru, 2 sudah pernah diterima" in done.stderr
    assert Report.objects.count() == 2


def test_a_dry_run_tells_and_keeps_nothing(kentongan, tmp_path):
    (tmp_path / "a.txt").write_text("Lima orang.", encoding="utf-8")

    done = kentongan("import", tmp_path / "a.txt", "--dry-run")

    assert "1 laporan baru" in done.stderr
    assert not Report.objects.exists()


def test_an_unknown_agency_or_purpose_is_refused(kentongan, tmp_path):
    (tmp_path / "a.txt").write_text("Lima orang.", encoding="utf-8")

    with pytest.raises(NobodyActs, match="Tujuan"):
        kentongan("import", tmp_path / "a.txt", "--purpose", "iseng")
    with pytest.raises(NoSuchFile, match="tidak dapat dibuka"):
        kentongan("import", tmp_path / "b.txt")


def test_a_feed_from_a_file_becomes_reports(kentongan, tmp_path):
    (tmp_path / "umpan").write_text(RSS, encoding="utf-8")

    kentongan("feed", tmp_path / "umpan")
    kentongan("feed", tmp_path / "umpan")

    report = Report.objects.get()
    assert (report.channel, report.source, report.title) == ("feed", "Kabar", "Lima orang dicegah")


def test_a_text_is_no_feed(kentongan, tmp_path):
    (tmp_path / "a").write_text("Lima orang.", encoding="utf-8")

    with pytest.raises(FileRefused, match="bukan umpan"):
        kentongan("feed", tmp_path / "a")


def test_no_feed_is_fetched_by_default(kentongan, feed_server):
    with pytest.raises(FeedNotListed):
        kentongan("feed", feed_server)
    with pytest.raises(NoSuchFile, match="KENTONGAN_NEWS_FEEDS"):
        kentongan("feed")


def test_a_listed_feed_is_fetched(kentongan, feed_server, settings):
    settings.NEWS_FEEDS = [feed_server]

    kentongan("feed")

    assert Report.objects.get().title == "Lima orang dicegah"


def test_a_feed_cannot_lead_to_a_file_of_this_machine(feed_server, settings):
    settings.NEWS_FEEDS = [f"{feed_server}/away", "file:///etc/hostname"]

    with pytest.raises(FeedNotFetched):
        fetched(f"{feed_server}/away")
    with pytest.raises(FeedNotListed):
        fetched("file:///etc/hostname")


def test_a_server_that_is_not_there_is_said_so(settings):
    settings.NEWS_FEEDS = ["http://127.0.0.1:9/feed"]

    with pytest.raises(FeedNotFetched, match="Coba lagi"):
        fetched("http://127.0.0.1:9/feed")


def test_bad_rows_that_cannot_be_written_are_said_to_be_lost_and_the_good_ones_are_kept(kentongan, table, tmp_path):
    with pytest.raises(NoSuchFile, match="sudah disimpan"):
        kentongan("import", table, "--skip-bad", "--bad-rows", tmp_path / "tidak-ada" / "salah.csv")

    assert Report.objects.count() == 97
