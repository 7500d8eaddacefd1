"""Words for the states that the map shows."""

from django.utils.translation import gettext as _

from kentongan.alerts.labels import STATES as ALERT_STATES
from kentongan.events.models import Event
from kentongan.watch.explain import duration
from kentongan.watch.labels import FINDING_STATES


def event_state(state: str) -> str:
    """Return the word for an event's state."""
    return str(Event.State(state).label)


def alert_state(state: str) -> str:
    """Return the word for an alert's state."""
    return str(ALERT_STATES.get(state, state))


def finding_state(state: str) -> str:
    """Return the word for a finding's state."""
    return str(FINDING_STATES.get(state, state))


def facility_kind(kind: str) -> str:
    """Return the word for a kind of facility."""
    words = {
        "plbn": _("pos lintas batas negara"),
        "integrated_post": _("pos terpadu Timor-Leste"),
        "traditional_crossing": _("lintasan tradisional"),
        "immigration_post": _("pos imigrasi"),
        "military_post": _("pos militer"),
        "airport": _("bandar udara"),
        "seaport": _("pelabuhan laut"),
        "ferry_port": _("pelabuhan penyeberangan"),
    }
    return words.get(kind, kind)


def facility_status(status: str) -> str:
    """Return the word for a facility's status."""
    words = {
        "planned": _("direncanakan"),
        "active": _("beroperasi"),
        "inactive": _("tidak beroperasi"),
        "revitalising": _("direvitalisasi"),
        "unknown": _("status belum diketahui"),
    }
    return words.get(status, status)


def recurrence(days: float | None) -> str:
    """Return how often chance alone would show as much, in a few words; of a finding whose figures are not shared, nothing."""
    return "" if days is None else _("sekali dalam %(time)s") % {"time": duration(days)}
