"""Corridors of the simulated agencies: one to the land border, one of workers who go from Sikka to Kalimantan."""

from datetime import datetime, timedelta

from django.utils import timezone

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import actor_for
from kentongan.places.models import Facility, Place
from kentongan.routes import actions
from kentongan.routes.models import Corridor

SIMULATED = "SIMULASI"
NAMED_BEFORE = timedelta(days=120)
NOTE = f"{SIMULATED}. Perhentiannya tempat yang nyata; bahwa ada yang bergerak di antaranya hanya contoh."

CORRIDORS = (
    ("analis.atambua", "kanim-atambua", "Silawan ke Mota'ain", ("53.04.02.2001", "motaain"), 3.0),
    (
        "analis", "ditjenim", "Sikka ke Kalimantan dengan kapal",
        ("53.07", "lorens-say", "makassar-pelabuhan", "balikpapan-semayang", "64.71"), 2.0,
    ),
)  # fmt: skip
"""Who names it for which agency, its name, its stops, its reach in kilometres."""


def name_corridors(*, at: datetime) -> None:
    """Both corridors stand and are watched every week; a second start adds nothing."""
    for username, agency, name, keys, reach_km in CORRIDORS:
        if Corridor.objects.filter(owner=agency, name=name).exists():
            continue
        by = actor_for(Officer.objects.get(username=username), purpose="prevention", at=at)
        corridor = actions.create_corridor(
            owner=Agency.objects.get(pk=agency),
            name=name,
            stops=[actions.stop_at(_here(key)) for key in keys],
            valid_from=timezone.localdate(at - NAMED_BEFORE),
            note=NOTE,
            reach_km=reach_km,
            is_simulated=True,
            by=by,
            at=at,
        )
        actions.watch_corridor(corridor=corridor, by=by, at=at)


def _here(key: str) -> Place | Facility:
    return Facility.objects.filter(key=key).first() or Place.objects.get(code=key)
