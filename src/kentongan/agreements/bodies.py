"""Where agencies stand on a day: whom each answers to, in which forums it sits, for which state it acts."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType

from kentongan.agencies.models import Agency, AgencyParent, Membership
from kentongan.agencies.queries import holds_on

from .facts import Body


class Hierarchy:
    """Who answers to whom and who sits in which forum on one day."""

    def __init__(self, day: date) -> None:
        self._above = dict(AgencyParent.objects.filter(holds_on(day)).values_list("agency_id", "parent_id"))
        self._chains: dict[str, frozenset[str]] = {}
        self._forums: dict[str, set[str]] = defaultdict(set)
        for agency, forum in Membership.objects.filter(holds_on(day)).values_list("agency_id", "forum_id"):
            self._forums[agency].add(forum)
        standing = list(Agency.objects.order_by().values_list("pk", "country", "kind"))
        self._states = {agency: country for agency, country, _kind in standing}
        self._kinds = {agency: kind for agency, _country, kind in standing}

    def body_of(self, agency: str) -> Body:
        """Return where the agency stands."""
        forums = frozenset(self._forums.get(agency, ()))
        return Body(agency, self._chain(agency), forums, self._states.get(agency, ""))

    def _chain(self, agency: str) -> frozenset[str]:
        if agency not in self._chains:
            above: set[str] = set()
            parent = self._above.get(agency)
            while parent is not None and parent not in above and parent != agency:
                above.add(parent)
                parent = self._above.get(parent)
            self._chains[agency] = frozenset(above)
        return self._chains[agency]

    def below(self, agency: str) -> frozenset[str]:
        """Return all agencies that answer to the agency, at any depth."""
        return frozenset(child for child in self._above if child != agency and agency in self._chain(child))

    def next_below(self, agency: str, *, of: frozenset[str]) -> frozenset[str]:
        """Return the agencies of these kinds that answer to the agency itself, with none between."""
        return frozenset(
            child for child, above in self._above.items() if above == agency != child and self._kinds[child] in of
        )

    @cached_property
    def bodies(self) -> Mapping[str, Body]:
        """Every agency's standing."""
        return MappingProxyType({agency: self.body_of(agency) for agency in self._states})
