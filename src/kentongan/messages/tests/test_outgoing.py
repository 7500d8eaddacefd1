"""Requests to addresses that others chose never reach a private network, whatever their name says or later comes to say."""

import datetime as dt
import ipaddress
import ssl
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from kentongan.messages import outgoing
from kentongan.messages.faults import NotSent, RefusedAddress

PRIVATE = [
    "127.0.0.1", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",  # noqa: S104 - refused
    "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.5",
    "::ffff:127.0.0.1", "64:ff9b::a00:5", "2002:a00:5::1", "2001:db8::1", "2001:0:53aa:64c:0:0:f5ff:fffa",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "103.10.1.2", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_closed_network_is_not_public_in_any_notation(address):
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_open_internet_is(address):
    assert outgoing.is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_into_another_notation_never_makes_it_public(ip):
    for wrapped in (f"::ffff:{ip}", str(ipaddress.IPv6Address((0x64FF9B << 96) | int(ip)))):
        assert outgoing.is_public(wrapped) <= outgoing.is_public(str(ip))


@pytest.mark.parametrize("address", [a for a in PRIVATE if a != "127.0.0.1"])
def test_a_name_that_points_into_a_closed_network_is_refused_when_it_is_sent_to(address, settings):
    with pytest.raises(RefusedAddress):
        outgoing.request("POST", "https://sistem.test/", headers={}, resolve=lambda _host, _port: [address])


def test_one_closed_address_among_open_ones_is_enough_to_refuse():
    with pytest.raises(RefusedAddress):
        outgoing.request("POST", "https://sistem.test/", headers={}, resolve=lambda *_: ["1.1.1.1", "10.0.0.5"])


@pytest.mark.parametrize(
    "url",
    [
        "http://sistem.test/", "https://10.0.0.5/", "https://[::1]/", "https://user:pass@sistem.test/", "ftp://sistem.test/",
        "file:///etc/passwd", "https:///x", "//sistem.test/", "sistem.test", "https://sistem.test:99999/", "https://[::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_https_or_names_a_closed_network_is_refused_before_any_name_is_asked(url):
    with pytest.raises(RefusedAddress):
        outgoing.target_of(url)


def test_a_name_without_an_address_is_a_silence_not_a_refusal():
    def unknown(_host, _port):
        raise OSError

    with pytest.raises(NotSent) as refusal:
        outgoing.request("GET", "https://sistem.test/", headers={}, resolve=unknown)

    assert refusal.value.is_silent
    assert not refusal.value.is_final


def test_a_host_that_the_operator_names_may_be_inside_and_plain(receiver):
    answer = outgoing.request("PUT", receiver.url("/a?b=c"), headers={"X-A": "1"}, body=b"isi")

    (heard,) = receiver.heard
    assert answer.is_taken
    assert (heard.method, heard.path, heard.body, heard.headers["x-a"]) == ("PUT", "/a?b=c", b"isi", "1")
    assert heard.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    receiver.prepared = [(302, {"Location": receiver.url("/lain")}, b"")]

    assert outgoing.request("POST", receiver.url(), headers={}).status == 302
    assert len(receiver.heard) == 1


def test_no_more_is_read_of_an_answer_than_is_needed(receiver):
    receiver.prepared = [(200, {}, b"x" * 1_000_000)]

    assert len(outgoing.request("POST", receiver.url(), headers={}).body) == outgoing.MOST_READ


@pytest.mark.parametrize(
    ("said", "expected"),
    [("120", timedelta(seconds=120)), ("ngawur", None), ("", None), ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta())],
)
def test_the_wish_to_be_left_alone_is_read_in_both_forms(receiver, said, expected):
    receiver.prepared = [(503, {"Retry-After": said} if said else {}, b"")]

    assert outgoing.request("POST", receiver.url(), headers={}).wait == expected


# the connection goes to the checked address, and the certificate must be that of the name


def certificate(name, folder):
    """Make a certificate of its own for a name; return the file with it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    return path


@pytest.fixture
def secure_server(tmp_path, settings):
    """A server whose certificate is for sistem.test and trusted here; yields its port and what it heard."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args):
            pass

    path = certificate("sistem.test", tmp_path)
    settings.OUTGOING_CA_FILE = str(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_address[1], heard
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_connection_goes_to_the_checked_address_and_the_name_is_asked_once(secure_server, settings):
    port, heard = secure_server
    settings.OUTGOING_INSIDE = frozenset({"sistem.test"})
    asked = []

    def resolve(host, _port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.9.9.9"]

    answer = outgoing.request("POST", f"https://sistem.test:{port}/", headers={}, resolve=resolve)

    assert (answer.status, heard, asked) == (204, [f"sistem.test:{port}"], ["sistem.test"])


def test_a_certificate_of_another_name_is_not_believed(secure_server, settings):
    port, heard = secure_server
    settings.OUTGOING_INSIDE = frozenset({"lain.test"})

    with pytest.raises(NotSent):
        outgoing.request("POST", f"https://lain.test:{port}/", headers={}, resolve=lambda *_: ["127.0.0.1"])
    assert heard == []


def test_a_certificate_that_nobody_vouches_for_is_not_believed(secure_server, settings):
    port, heard = secure_server
    settings.OUTGOING_INSIDE, settings.OUTGOING_CA_FILE = frozenset({"sistem.test"}), ""

    with pytest.raises(NotSent):
        outgoing.request("POST", f"https://sistem.test:{port}/", headers={}, resolve=lambda *_: ["127.0.0.1"])
    assert heard == []
