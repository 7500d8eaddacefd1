"""Keys that were issued before they carried an agency and a role."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("agencies", "0002_sessions_and_scoped_keys")]
AFTER = [("agencies", "0004_keys_are_of_agency_and_role")]


@pytest.fixture
def before(transactional_db):
    """The rows' models as they were then; afterwards the database is as it is now."""
    executor = MigrationExecutor(connection)
    yield executor.migrate(BEFORE).apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.nightly  # it goes back through the migrations of every room above, and forth
def test_a_key_gets_the_agency_and_role_of_its_officers_posting_or_is_withdrawn(before, now):
    officers, tokens = before.get_model("agencies", "Officer"), before.get_model("agencies", "ApiToken")
    agency = before.get_model("agencies", "Agency").objects.create(
        id="kanim-atambua", name="Kanim Atambua", kind="immigration", country="ID", level="regency"
    )
    serving, gone = (officers.objects.create(username=name, password="x") for name in ("bertugas", "berhenti"))
    before.get_model("agencies", "Posting").objects.create(
        officer=serving, agency=agency, role="analyst", started_at=now
    )
    for officer in (serving, gone):
        tokens.objects.create(
            officer=officer, name="lama", hashed=officer.username, purpose="prevention",
            created_at=now, expires_at=now.replace(year=2027),
        )  # fmt: skip

    apps = MigrationExecutor(connection).migrate(AFTER).apps

    by_name = {token.hashed: token for token in apps.get_model("agencies", "ApiToken").objects.all()}
    assert (by_name["bertugas"].agency_id, by_name["bertugas"].role) == ("kanim-atambua", "analyst")
    assert by_name["bertugas"].revoked_at is None
    assert by_name["berhenti"].revoked_at is not None
