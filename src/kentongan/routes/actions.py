"""Deeds on corridors: name one, watch along it, end it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act, demand_person
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.places.models import Facility, Place
from kentongan.watch import actions as watching
from kentongan.watch.models import Watch

from . import queries
from .models import Corridor, CorridorStop

MOST_STOPS = 20
MOST_VILLAGES = 300
"""A watch along more villages than these looks at their districts instead."""


class NotYourCorridor(KentonganError):
    """A corridor is named, watched and ended by the agency that owns it."""

    code = "routes.not_yours"


class CorridorNameTaken(KentonganError):
    """An agency has one corridor of a name at a time."""

    code = "routes.name_taken"


class CorridorStopsWrong(KentonganError):
    """The stops make no line."""

    code = "routes.stops"


class CorridorReachWrong(KentonganError):
    """What lies along the line is asked for too near or too far from it."""

    code = "routes.reach"


class CorridorEnded(KentonganError):
    """The corridor was ended meanwhile; nothing more is done on it."""

    code = "routes.ended"


class CorridorDayWrong(KentonganError):
    """A corridor begins and ends on days that have come, and ends not before it began."""

    code = "routes.day"


class CorridorIsWatched(KentonganError):
    """A corridor has one watch that runs."""

    code = "routes.watched"


class NothingAlong(KentonganError):
    """No village lies near the line, so there is nothing to watch."""

    code = "routes.nothing_along"


class CorridorReasonMissing(KentonganError):
    """Ending a corridor needs its reason."""

    code = "routes.reason_missing"


@dataclass(frozen=True, slots=True)
class Stop:
    """A place or a facility as a stop: its name and point as they are when the corridor is named."""

    place: Place | None
    facility: Facility | None
    label: str
    lat: float | None
    lon: float | None


def stop_at(here: Place | Facility) -> Stop:
    """Return the place or facility as a stop."""
    if isinstance(here, Facility):
        return Stop(None, here, here.name, here.lat, here.lon)
    return Stop(here, None, here.name, here.lat, here.lon)


@transaction.atomic
def create_corridor(
    *,
    owner: Agency,
    name: str,
    stops: Sequence[Stop],
    valid_from: date,
    by: Actor,
    at: datetime,
    note: str = "",
    reach_km: float = 5.0,
    is_simulated: bool = False,
) -> Corridor:
    """The corridor stands for its owner from the day on, which has come, straight between its stops."""
    demand_act(by, "findings")
    demand_person(by)
    _demand_owner(by, owner.pk)
    points = _points(stops)
    if not 0 < reach_km <= 50:
        raise CorridorReachWrong(_("Jangkauan koridor harus lebih dari 0 dan paling jauh 50 kilometer."))
    if valid_from > timezone.localdate(at):
        raise CorridorDayWrong(_("Koridor mulai berlaku paling lambat hari ini. Pilih hari lain."))
    try:
        with transaction.atomic():
            corridor = Corridor.objects.create(
                owner=owner,
                name=name.strip(),
                note=note.strip(),
                reach_km=reach_km,
                valid_from=valid_from,
                created_by=by.ref,
                created_at=at,
                is_simulated=is_simulated,
            )
    except IntegrityError:  # one of this name stands, by constraint
        raise CorridorNameTaken(
            _("Instansi Anda sudah mempunyai koridor dengan nama ini. Pilih nama lain, atau akhiri yang lama.")
        ) from None
    CorridorStop.objects.bulk_create(
        CorridorStop(
            corridor=corridor,
            position=position,
            place=stop.place,
            facility=stop.facility,
            label=stop.label,
            lat=lat,
            lon=lon,
        )
        for position, (stop, (lat, lon)) in enumerate(zip(stops, points, strict=True))
    )
    trail.record(
        Trail.CORRIDOR_CREATED,
        by=by,
        at=at,
        on=corridor.ref,
        facts={"owner": owner.pk, "stops": len(stops), "reach_km": reach_km, "valid_from": valid_from.isoformat()},
    )
    return corridor


@transaction.atomic
def watch_corridor(*, corridor: Corridor, by: Actor, at: datetime, every_days: int = 7) -> Watch:
    """A watch of the owner looks at the villages along the corridor; where they are too many, at their districts.

    It takes the place of one that was stopped.
    """
    demand_act(by, "findings")
    demand_person(by)
    _demand_owner(by, corridor.owner_id)
    held = Corridor.objects.select_for_update().get(pk=corridor.pk)
    if held.ended_at is not None:
        raise CorridorEnded(_("Koridor ini sudah diakhiri, jadi tidak dapat dipantau."))
    if held.watch is not None and held.watch.is_active:
        raise CorridorIsWatched(_("Koridor ini sudah mempunyai pemantauan."))
    along = queries.villages_along(queries.points_of(held), held.reach_km)
    if not along:
        raise NothingAlong(
            _("Tidak ada desa dalam %(km)s km dari garis koridor ini. Perbesar jangkauannya pada koridor yang baru.")
            % {"km": f"{held.reach_km:g}"}
        )
    roots = [one.place for one in along] if len(along) <= MOST_VILLAGES else queries.districts_of(along)
    watch = watching.create_watch(
        owner=held.owner,
        name=_("Koridor %(name)s") % {"name": held.name},
        roots=roots,
        every_days=every_days,
        by=by,
        at=at,
    )
    Corridor.objects.filter(pk=held.pk).update(watch=watch)
    corridor.refresh_from_db()
    trail.record(
        Trail.CORRIDOR_WATCHED, by=by, at=at, on=corridor.ref, facts={"watch": str(watch.pk), "roots": len(roots)}
    )
    return watch


@transaction.atomic
def end_corridor(*, corridor: Corridor, on: date, why: str, by: Actor, at: datetime) -> None:
    """The corridor holds until the day, which is excluded, for the reason given; its watch runs no more."""
    demand_act(by, "findings")
    demand_person(by)
    _demand_owner(by, corridor.owner_id)
    if not why.strip():
        raise CorridorReasonMissing(_("Tuliskan alasan mengapa koridor ini diakhiri."))
    if on < corridor.valid_from or on > timezone.localdate(at):
        raise CorridorDayWrong(
            _("Koridor berakhir paling cepat pada hari mulainya dan paling lambat hari ini. Pilih hari lain.")
        )
    won = Corridor.objects.filter(pk=corridor.pk, ended_at__isnull=True).update(
        valid_to=on, ended_at=at, ended_by=by.ref, ended_why=why.strip()[:300]
    )
    if not won:
        raise CorridorEnded(_("Koridor ini sudah diakhiri oleh petugas lain."))
    corridor.refresh_from_db()
    if corridor.watch is not None and corridor.watch.is_active:
        why_watch = _("koridor diakhiri: %(why)s") % {"why": why.strip()}
        watching.stop_watch(watch=corridor.watch, why=why_watch, by=by, at=at)
    trail.record(
        Trail.CORRIDOR_ENDED, by=by, at=at, on=corridor.ref, why=why.strip()[:300], facts={"on": on.isoformat()}
    )


def _demand_owner(by: Actor, owner: str) -> None:
    if by.agency != owner:
        raise NotYourCorridor(_("Koridor diurus oleh instansi pemiliknya."))


def _points(stops: Sequence[Stop]) -> list[tuple[float, float]]:
    """Return the points of the stops; refuse too few or too many, one without a point, the same twice in a row."""
    if not 2 <= len(stops) <= MOST_STOPS:
        raise CorridorStopsWrong(
            _("Koridor memerlukan sekurangnya dua dan paling banyak %(most)s perhentian.") % {"most": MOST_STOPS}
        )
    if without := [stop.label for stop in stops if stop.lat is None or stop.lon is None]:
        raise CorridorStopsWrong(
            _("Perhentian ini belum mempunyai titik: %(names)s. Pilih desa atau sarana di dekatnya.")
            % {"names": ", ".join(without)}
        )
    points = [(stop.lat, stop.lon) for stop in stops if stop.lat is not None and stop.lon is not None]
    if any(one == other for one, other in pairwise(points)):
        raise CorridorStopsWrong(_("Dua perhentian berturut-turut berada di titik yang sama. Hapus salah satunya."))
    return points
