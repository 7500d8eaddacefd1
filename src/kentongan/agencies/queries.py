"""Reads over agencies: who answers to whom on a day, who serves where, whose key a token is."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery

from kentongan.kit.checksums import sha256_hex
from kentongan.places.models import Place, PlaceCode

from .models import Agency, AgencyParent, ApiToken, Officer, Posting
from .rules import Administering, may_administer, reaches_all


def holds_on(day: date) -> Q:
    """Return the filter for dated rows that hold on the day."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def descendants_on(agency: str, day: date) -> frozenset[str]:
    """Return the ids of all agencies that answer to the agency on that day, at any depth."""
    children: dict[str, list[str]] = defaultdict(list)
    for child, parent in AgencyParent.objects.filter(holds_on(day)).values_list("agency_id", "parent_id"):
        children[parent].append(child)
    found: set[str] = set()
    waiting = [agency]
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found and child != agency:
                found.add(child)
                waiting.append(child)
    return frozenset(found)


def ancestors_on(agency: str, day: date) -> list[str]:
    """Return the agencies that the agency answers to on that day, the nearest first."""
    parent_of = dict(AgencyParent.objects.filter(holds_on(day)).values_list("agency_id", "parent_id"))
    found: list[str] = []
    above = parent_of.get(agency)
    while above is not None and above not in found:
        found.append(above)
        above = parent_of.get(above)
    return found


def place_by_code(code: str) -> Place | None:
    """Return the place that has or once had the code, the present holder first."""
    rows = PlaceCode.objects.filter(code=code).select_related("place")
    present = rows.filter(valid_to__isnull=True).order_by("id").first() or rows.order_by("-valid_to", "id").first()
    return present.place if present else Place.objects.filter(code=code).first()


def administered_agencies(by: Administering, *, on: date) -> QuerySet[Agency]:
    """Return the agencies that this administrator looks after."""
    if reaches_all(by):
        return Agency.objects.all()
    below = descendants_on(by.agency, on)
    reach = [a for a in (by.agency, *below) if may_administer(by, a, below=below)]
    return Agency.objects.filter(pk__in=reach)


def administered_officers(by: Administering, *, on: date) -> QuerySet[Officer]:
    """Return the officers whose open or last posting lies in an agency that this administrator looks after."""
    last = Posting.objects.filter(officer=OuterRef("pk")).order_by("-started_at", "-id")
    officers = Officer.objects.annotate(
        agency_id=Subquery(last.values("agency_id")[:1], output_field=CharField()),
        role=Subquery(last.values("role")[:1]),
        off_duty_since=Subquery(last.values("ended_at")[:1]),
    )
    if reaches_all(by):
        return officers
    return officers.filter(agency_id__in=administered_agencies(by, on=on).values("pk"))


def has_officers(agency: str) -> bool:
    """Tell whether somebody who can sign in is on duty in the agency."""
    return Posting.objects.filter(agency_id=agency, ended_at__isnull=True, officer__is_active=True).exists()


def token_in_force(secret: str, *, at: datetime) -> ApiToken | None:
    """Return the token whose secret this is, if it still opens the door: the officer serves where it was issued."""
    serving = Posting.objects.filter(
        officer=OuterRef("officer"), agency=OuterRef("agency"), role=OuterRef("role"), ended_at__isnull=True
    )
    return (
        ApiToken.objects.select_related("officer")
        .filter(Exists(serving), revoked_at__isnull=True, expires_at__gt=at, officer__is_active=True)
        .filter(hashed=sha256_hex(secret.encode()))
        .first()
    )


def token_known(secret: str) -> ApiToken | None:
    """Return the token whose secret this is, whether it opens anything or not."""
    return ApiToken.objects.filter(hashed=sha256_hex(secret.encode())).first()


def names_of(agencies: Iterable[str | None]) -> dict[str, str]:
    """Return the names of agencies by their ids."""
    return dict(Agency.objects.filter(pk__in=[pk for pk in agencies if pk]).values_list("pk", "name"))
