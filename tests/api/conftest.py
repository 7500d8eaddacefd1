"""A token of an analyst, and a client that uses it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kentongan.agencies.staff import issue_token


@pytest.fixture
def client_of(officer_of):
    """Make a client that speaks for an officer: `client_of("kanim-atambua", role="analyst")`."""

    def make(agency="kanim-atambua", *, role="analyst", purpose="prevention") -> Client:
        officer = officer_of(agency, role=role)

        class _Self:
            ref, purpose = officer.ref, "prevention"

        _Self.agency = agency
        at = timezone.now()
        made = issue_token(
            officer=officer, name="uji", purpose=purpose, expires_at=at + timedelta(days=1), by=_Self(), at=at
        )
        return Client(headers={"authorization": f"Bearer {made.secret}"})

    return make
