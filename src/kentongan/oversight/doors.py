"""Who comes in at the overseer's pages: an overseer on duty, and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.doors import acting, actor_of

from .rules import OVERSEER
from .tables import OwnTableFaulty

View = Callable[..., HttpResponse]


def overseeing(view: View) -> View:
    """Let only an overseer on duty in; nothing of these pages is kept by a browser."""

    @never_cache
    @acting
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if actor_of(request).role != OVERSEER:
            raise RoleMayNotAct(_("Halaman ini hanya untuk pengawas."))
        try:
            return view(request, *args, **kwargs)
        except OwnTableFaulty as fault:
            return render(request, "web/refused.html", {"message": fault.message}, status=409)

    return door
