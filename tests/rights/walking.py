"""Every address of the installation, filled in with records that exist, for tests that look at all that can be looked at."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
NOT_OURS = ("akun/", "bahasa/")  # the library's own pages of accounts, and the choice of a language
LEAVES = frozenset({"account_logout"})


@dataclass(frozen=True, slots=True)
class Address:
    """One address as it is written in the code."""

    pattern: str
    name: str

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    def filled(self, records: Mapping[str, object]) -> str:
        """Return the address with the records of its first word: `laporan/<uuid:pk>/` with the report."""
        first = self.pattern.removeprefix("api/v1/").partition("/")[0]
        return "/" + PARAMETER.sub(lambda found: str(self._value(found, first, records)), self.pattern)

    def _value(self, found: re.Match[str], first: str, records: Mapping[str, object]) -> object:
        for key in (f"{first}.{found['name']}", f"{first}.*", found["name"], f"<{found['kind']}>"):
            if key in records:
                return records[key]
        raise KeyError(f"{self.pattern}: nothing is known for {found[0]}")


def addresses() -> list[Address]:
    """Return every address of ours, pages and operations of the API."""
    found = {address.pattern: address for address in _walk(get_resolver(), "")}
    return [a for a in found.values() if not a.pattern.startswith(NOT_OURS) and a.name not in LEAVES]


def _walk(resolver: URLResolver, before: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield Address(before + str(pattern.pattern), pattern.name or "")


def body_of(answer: HttpResponse) -> bytes:
    """Return all that an answer says, headers included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content + str(dict(answer.headers)).encode()


def looked_at(client: Client, path: str, token: str = "") -> HttpResponse:
    """Return the answer of one look, with a token where it is an operation of the API."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return client.get(path, headers=headers)
