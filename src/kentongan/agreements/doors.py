"""What every door does first: who acts, and how a refusal looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kentongan.agencies.labels import CATEGORIES, word

from .access import NotVisible, RoleMayNotAct, category_of
from .explaining import needed_for
from .facts import Actor

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Return the acting officer; doors are wrapped in `acting`, so there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # requests carry the actor everywhere in this project


def acting(view: View) -> View:
    """Let only an officer on duty in, and answer a refusal like an absence."""

    @login_required
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "actor", None) is None:
            return render(request, "web/no_posting.html", status=403)
        try:
            return view(request, *args, **kwargs)
        except NotVisible as refusal:
            return not_visible_page(request, refusal)
        except RoleMayNotAct as refusal:
            return render(request, "web/refused.html", {"message": refusal.message}, status=403)

    return cast(View, door)


def not_visible_page(request: HttpRequest, refusal: NotVisible) -> HttpResponse:
    """Say that the record is absent or closed, and what an officer like this one would need, the same for both.

    Nothing on the page follows from a row: only from the reader and from what the address names.
    """
    actor, at = actor_of(request), timezone.now()
    context: dict[str, Any] = {"message": refusal.message}
    if refusal.asked is not None:
        model, pk = refusal.asked
        needed = needed_for(actor, category_of(model), at=at)
        name = model._meta.model_name
        has_page = bool(_address(f"{name}_detail", pk))
        context |= {
            "needed": needed,
            "category": word(CATEGORIES, needed.category),
            "is_foreign": actor.state != actor.home,
            "counts_address": _address("count_table") if "statistics" in actor.reads else "",
            "glass_address": _address("glass_break", name, pk) if needed.may_break_glass and has_page else "",
        }
    return render(request, "web/not_visible.html", context, status=404)


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
