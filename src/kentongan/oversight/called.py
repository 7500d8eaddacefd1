"""What people call a record or an agency: a reference, the address of a page, a number; a code or a name."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db.models import Q
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve

from kentongan.agencies.models import Agency
from kentongan.agreements.access import protected_models

from .labels import KINDS

PAGE = "_detail"
"""How the name of the address of a record's page ends; its kind stands before."""


def refs_called(said: str, *, owners: Iterable[str]) -> list[str]:
    """Return the references that are meant: the one said or that of the page, and of records with this number.

    A number is looked up among the records of these owners alone: another's answers as one that nobody gave.
    """
    said = said.strip()
    return [ref_at(said) or said, *_numbered(said, owners)]


def ref_at(address: str) -> str:
    """Return the reference in the address of a record's page, or of a page below it; blank where it is none."""
    path = urlsplit(address).path if "/" in address else ""
    path = path.removeprefix(get_script_prefix().rstrip("/"))
    while path.strip("/"):
        if ref := _ref_of(path):
            return ref
        path = path.rstrip("/").rpartition("/")[0] + "/"
    return ""


def agencies_called(said: str) -> list[str]:
    """Return the code that was said, or the codes of the agencies whose name holds the words, former names too."""
    said = said.strip()
    if Agency.objects.filter(pk=said).exists():
        return [said]
    named = Q(name__icontains=said) | Q(abbrev__icontains=said) | Q(names__name__icontains=said)
    return [said, *Agency.objects.order_by().filter(named).distinct().values_list("pk", flat=True)]


def _ref_of(path: str) -> str:
    try:
        match: ResolverMatch = resolve(path)
    except Resolver404:
        return ""
    key, kind = match.kwargs.get("pk"), (match.url_name or "").removesuffix(PAGE)
    kind = match.kwargs.get("model", kind)
    return f"{kind}:{key}" if key and kind in KINDS else ""


def _numbered(number: str, owners: Iterable[str]) -> list[str]:
    return [
        f"{model._meta.model_name}:{key}"
        for model in protected_models()
        if any(column.name == "number" for column in model._meta.concrete_fields)
        for key in model._default_manager.filter(number=number, owner__in=owners).values_list("pk", flat=True)
    ]
