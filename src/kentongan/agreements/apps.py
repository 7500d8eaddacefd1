from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AgreementsConfig(AppConfig):
    name = "kentongan.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Changes are stamped in every database that the migrations ran on."""
        post_migrate.connect(_stamp_changes, sender=self)


def _stamp_changes(*, using: str, **_signal: Any) -> None:
    from .recall import stamp_changes  # noqa: PLC0415 - models must be loaded first

    stamp_changes(connections[using])
