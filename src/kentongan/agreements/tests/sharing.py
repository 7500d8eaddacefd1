"""What tests of sharing build: events and findings of one agency, and a clause in force under which another gets them."""

from datetime import UTC, date, datetime

from django.apps import apps

from kentongan.agreements.models import Clause, Instrument
from kentongan.kit.ids import new_id

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
SIGNED = datetime(2025, 6, 1, tzinfo=UTC)


def clause_between(giver, receiver, releases, *, number=1, purposes=("prevention",), roots=(), **more):
    """Return an approved clause by which the receiver gets what is named of the giver's rows, everywhere by default."""
    instrument = Instrument.objects.create(
        kind="pks", title=f"PKS {giver} dan {receiver}", recorded_at=SIGNED, in_force_from=SIGNED.date()
    )
    clause = Clause.objects.create(
        instrument=instrument,
        number=number,
        giver_id=giver,
        receiver_id=receiver,
        releases=releases,
        purposes=list(purposes),
        is_everywhere=not roots,
        drafted_by="officer:1",
        drafted_at=SIGNED,
        approved_at=SIGNED,
        **more,
    )
    clause.roots.set(roots)
    return clause


def event_of(owner, *, place=5, kinds=("TPPO",), handling="restricted", day=date(2026, 2, 3), persons=None, **more):
    """Return a confirmed event of the agency, of these kinds."""
    event = apps.get_model("events", "Event").objects.create(
        owner_id=owner,
        place_id=place,
        handling=handling,
        purpose="prevention",
        legal_basis="UU 6/2011 Ps. 89",
        retain_until=date(2031, 1, 1),
        title="Dugaan perekrutan di Silawan",
        number=f"KJD/{owner}/2026/{new_id().hex[-6:]}",
        state="confirmed",
        happened_from=day,
        happened_to=None,
        precision="day",
        known_at=AT,
        persons=persons,
        source_grade="B2",
        **more,
    )
    for kind in kinds:
        apps.get_model("events", "Classification").objects.create(
            event=event, kind_id=kind, alleged_by="reading:1", alleged_at=AT, why="kata kunci"
        )
    return event


def sign_in(client, officer):
    """Return the client with the officer signed in."""
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client
