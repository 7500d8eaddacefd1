"""The first administrator is appointed from the machine itself."""

import pytest

from kentongan.agencies.commands import UnknownAgency, appoint
from kentongan.agencies.models import Officer
from kentongan.agencies.rules import OPERATOR_KIND
from kentongan.audit.models import TrailRow


def test_without_an_agency_the_officer_serves_whoever_operates_the_installation(db, capsys):
    appoint("admin")

    officer = Officer.objects.get(username="admin")
    assert officer.postings.get().agency.kind == OPERATOR_KIND
    assert officer.check_password(capsys.readouterr().out.strip())
    assert officer.must_change_password
    assert TrailRow.objects.filter(event="officer.created", actor="system:command").exists()


def test_an_unknown_agency_is_refused_and_nobody_is_made(db):
    with pytest.raises(UnknownAgency):
        appoint("admin", agency="tidak-ada")

    assert not Officer.objects.exists()
