"""Looking up a name in a dictionary, which templates cannot do."""

from django import template

register = template.Library()


@register.filter
def named(ref: str, names: dict[str, str]) -> str:
    """Return the name behind a reference, or the reference itself."""
    return names.get(ref, ref)
