"""Doors of the web room: the home page, a place, and the stated purpose."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.contrib import messages
from django.views.decorators.http import require_POST

from kentongan.agreements.rules import PURPOSES

from .labels import PURPOSE_LABELS


@login_required
@require_POST
def purpose(request: HttpRequest) -> HttpResponse:
    """Take the purpose that the officer states from here on; every trail row carries it."""
    stated = request.POST.get("purpose", "")
    if stated in PURPOSES:
        request.session["purpose"] = stated
        messages.info(request, _("Tujuan yang dinyatakan: %(purpose)s.") % {"purpose": PURPOSE_LABELS[stated]})
    else:
        messages.error(request, _("Tujuan itu tidak dikenal. Pilih salah satu dari daftar."))
    back = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(back if is_ours else "/")
