"""Administrators: of one agency, of the whole installation."""

import pytest

from kentongan.agencies.rules import Console


@pytest.fixture
def console():
    """Whoever sits at the machine."""
    return Console()


@pytest.fixture
def administrator(actor_of, agency_of):
    """The administrator of the immigration office of the province, with Kanim Atambua below it."""
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    return actor_of("kanwil-im-ntt", role="administrator", purpose="coordination")


@pytest.fixture
def sign_in(client, officer_of):
    """Sign somebody in: `sign_in("kanim-atambua", role="administrator")` returns the client."""

    def make(agency="kanwil-im-ntt", *, role="administrator", **more):
        client.force_login(officer_of(agency, role=role, **more), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
