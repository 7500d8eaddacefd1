"""Who may read an instrument: those on a party's side, those who oversee, and everybody when it was made public."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from .facts import Actor

SEES_ALL_INSTRUMENTS = frozenset({"overseer", "administrator"})


class InstrumentQuerySet(models.QuerySet[Any]):
    """Instruments. Doors use nothing of it but `visible_to`."""

    def visible_to(self, actor: Actor, *, at: datetime) -> Self:  # noqa: ARG002 - the same words as every gated model
        """Return the instruments that the actor may read."""
        if actor.role in SEES_ALL_INSTRUMENTS and actor.state == actor.home:
            return self.all()
        if "instruments" not in actor.reads:
            return self.none()
        sides = {actor.agency, *(actor.body.above | actor.body.forums if actor.body else ())}
        below = {agency for agency, _category in actor.supervises}
        party = Q(parties__agency__in=sides | below) | Q(parties__state=actor.state)
        public = Q(is_reconstructed=True) if actor.state == actor.home else Q(pk__in=[])
        return self.filter(public | party | Q(recorded_by=actor.agency)).distinct()
