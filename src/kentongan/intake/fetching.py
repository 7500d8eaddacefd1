"""Fetching a feed that this installation has listed; nothing is fetched by default."""

import socket
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError
from kentongan.kit.given import why_refused

TIMEOUT_S = 20


class FeedNotListed(KentonganError):
    """The address is not among the feeds of this installation."""

    code = "intake.feed_not_listed"


class FeedNotFetched(KentonganError):
    """The feed's server did not answer with a feed."""

    code = "intake.feed_not_fetched"


def fetched(address: str) -> bytes:
    """Return what the listed address answers, at most as much as an upload may have."""
    if address not in settings.NEWS_FEEDS or urlsplit(address).scheme not in ("http", "https"):
        message = _(
            "Umpan %(address)s tidak terdaftar di KENTONGAN_NEWS_FEEDS, jadi tidak diambil. Daftarkan dulu, atau unduh sendiri dan berikan berkasnya."
        )
        raise FeedNotListed(message % {"address": address})
    request = Request(  # noqa: S310 - the scheme was checked above
        address,
        headers={"User-Agent": "Kentongan", "Accept": "application/rss+xml, application/atom+xml, application/xml"},
    )
    try:
        with build_opener(_WebRedirects).open(request, timeout=TIMEOUT_S) as answer:
            content: bytes = answer.read(settings.MAX_UPLOAD_BYTES + 1)
    except (HTTPException, OSError, ValueError) as error:
        raise FeedNotFetched(
            _("Umpan %(address)s tidak dapat diambil: %(why)s. Coba lagi nanti.")
            % {"address": address, "why": _why(error)}
        ) from error
    return content


def _why(fault: Exception) -> str:
    reason = getattr(fault, "reason", fault)
    if isinstance(reason, socket.gaierror):
        return _("namanya tidak ditemukan di jaringan")
    return why_refused(reason) if isinstance(reason, OSError) else str(reason)


class _WebRedirects(HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def] # the parent's signature
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise URLError(f"redirect to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
