"""What the sealed fields of an identity are bound to."""

from .models import Identity, SealedIdentity
from .sealing import about


def bound_to(identity: Identity) -> bytes:
    """Return the binding of an identity: its table, its key, its owner and its kind."""
    return about(table=SealedIdentity._meta.db_table, pk=str(identity.pk), owner=identity.owner_id, kind=identity.kind)
