from django.apps import AppConfig
from django.conf import settings


class AgenciesConfig(AppConfig):
    name = "kentongan.agencies"
    label = "agencies"

    def ready(self) -> None:
        """Refuse roles that do not exist, and listen to the sign-in library."""
        from . import second_factor, sign_ins  # noqa: PLC0415 - models must be loaded first

        second_factor.demand_known_roles(settings.MFA_OPTIONAL_ROLES)
        sign_ins.connect()
