"""Who comes in at the overseer's pages: an overseer on duty, and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.doors import acting, actor_of

from .rules import OVERSEER

View = Callable[..., HttpResponse]


def overseeing(view: View) -> View:
    """Let only an overseer on duty in; nothing of these pages is kept by a browser."""

    @never_cache
    @acting
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if actor_of(request).role != OVERSEER:
            raise RoleMayNotAct(_("Halaman ini hanya untuk pengawas."))
        return view(request, *args, **kwargs)

    return door
