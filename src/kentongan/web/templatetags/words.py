"""Words on the screen for codes of lower rooms, as filters."""

from django import template

from kentongan.web.labels import LEVEL_LABELS, SCHEME_LABELS

register = template.Library()


@register.filter
def level_label(level: str) -> str:
    """Return the word for a level of places."""
    return str(LEVEL_LABELS.get(level, level))


@register.filter
def scheme_label(scheme: str) -> str:
    """Return the name of a scheme of codes."""
    return SCHEME_LABELS.get(scheme, scheme)
