"""Requests to addresses that others chose: https only, never into a private network, no redirects, little read, soon over.

The name is resolved once, every address it has is checked, and the connection goes to a checked address: a name that
answers differently the second time leads nowhere else. The certificate must be that of the name all the same.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from .faults import NotSent, RefusedAddress

CONNECT_S, READ_S, WHOLE_S = 5.0, 10.0, 20.0
MOST_READ = 64 * 1024
NAT64 = IPv6Network("64:ff9b::/96")

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    wait: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be spoken to."""

    scheme: str
    host: str
    port: int
    path: str
    is_inside: bool  # in the own network, by the operator's word


def addresses_of(host: str, port: int) -> list[str]:
    """Return every address that the name has."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(sockaddr[0]).split("%")[0] for *_rest, sockaddr in found))


def target_of(url: str) -> Target:
    """Return the parts of an address, or raise RefusedAddress; of a name nothing is asked yet."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise RefusedAddress(_("Alamat tujuan bukan alamat web yang lengkap.")) from fault
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise RefusedAddress(_("Alamat tujuan bukan alamat web yang lengkap."))
    is_inside = host in settings.OUTGOING_INSIDE
    if parts.scheme != "https" and not is_inside:
        raise RefusedAddress(_("Alamat tujuan harus https://."))
    if not is_inside and (address := _literal(host)) is not None and not is_public(address):
        raise RefusedAddress(_("Alamat tujuan ada di jaringan tertutup; hanya alamat publik yang dikirimi."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path, is_inside)


def is_public(address: str) -> bool:
    """Tell whether an address is one of the open internet, also where it hides inside another notation."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner: IPv4Address | None = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.teredo:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local)


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    resolve: Resolver | None = None,
) -> Answer:
    """Send once and return the answer, whatever its status; raise NotSent where none came."""
    target = target_of(url)
    address = _checked_address(target, resolve or addresses_of)
    try:
        return _ask(method, target, address, headers=headers, body=body)
    except (urllib3.exceptions.HTTPError, OSError) as fault:
        raise NotSent(
            _("%(host)s tidak menjawab (%(why)s).") % {"host": target.host, "why": type(fault).__name__}, is_silent=True
        ) from fault


def _checked_address(target: Target, resolve: Resolver) -> str:
    try:
        found = resolve(target.host, target.port)
    except OSError as fault:
        raise NotSent(_("Nama %(host)s tidak ditemukan.") % {"host": target.host}, is_silent=True) from fault
    if not found:
        raise NotSent(_("Nama %(host)s tidak ditemukan.") % {"host": target.host}, is_silent=True)
    if not target.is_inside and not all(is_public(address) for address in found):
        raise RefusedAddress(
            _("%(host)s menunjuk ke jaringan tertutup; hanya alamat publik yang dikirimi.") % {"host": target.host}
        )
    return found[0]


def _ask(method: str, target: Target, address: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
    ends_at = time.monotonic() + WHOLE_S
    timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
    pool: urllib3.HTTPConnectionPool
    if target.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address, target.port, timeout=timeout, retries=False, ssl_context=_trust(settings.OUTGOING_CA_FILE),
            server_hostname=target.host, assert_hostname=target.host,
        )  # fmt: skip
    else:
        pool = urllib3.HTTPConnectionPool(address, target.port, timeout=timeout, retries=False)
    is_usual = target.port == (443 if target.scheme == "https" else 80)
    named = f"[{target.host}]" if ":" in target.host else target.host
    told = {**headers, "Host": named if is_usual else f"{named}:{target.port}", "User-Agent": "Kentongan"}
    with pool:
        response = pool.urlopen(
            method, target.path, body=body or None, headers=told, redirect=False, preload_content=False,
            assert_same_host=False,
        )  # fmt: skip
        try:
            return Answer(
                response.status, _read(response, ends_at), _asked_to_wait(response.headers.get("Retry-After"))
            )
        finally:
            response.close()


def _read(response: urllib3.BaseHTTPResponse, ends_at: float) -> bytes:
    content = b""
    for chunk in response.stream(4096, decode_content=False):
        content += chunk
        if len(content) >= MOST_READ:
            return content[:MOST_READ]
        if time.monotonic() > ends_at:
            raise TimeoutError
    return content


def _asked_to_wait(said: str | None) -> timedelta | None:
    if not said:
        return None
    if said.isdecimal():
        return timedelta(seconds=min(int(said), 86_400))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(until - datetime.now(UTC), timedelta()) if until.tzinfo else None


@cache
def _trust(own_authority: str) -> ssl.SSLContext:
    """Return whose certificates are believed: the system's authorities and an own one. Reading them takes long: once."""
    context = ssl.create_default_context()
    if own_authority:
        context.load_verify_locations(own_authority)
    return context


def _literal(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None
