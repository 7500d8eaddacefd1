"""The page of the programme's measure: whether partner villages warn more and earlier than villages like them."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.listings import note_list
from kentongan.vulnerability.index_models import IndexOf

from . import measure_queries, measure_words
from .rules import CATEGORY

UNLIKE = 0.25
"""A difference of so many standard deviations between partners and likes is not small any more."""


class IndexForm(forms.Form):
    """Which index, and with it which kinds of happenings."""

    index = forms.ChoiceField(label=gettext_lazy("Indeks kerawanan"), choices=IndexOf.choices)


@require_safe
@acting
def measure_page(request: HttpRequest) -> HttpResponse:
    """Show what can be told of the programme, and plainly where that is too little."""
    actor, at = actor_of(request), timezone.now()
    if not measure_queries.may_measure(actor):
        raise RoleMayNotAct(_("Ukuran program dihitung dari kejadian, yang tidak terbuka bagi peran Anda."))
    form = IndexForm(request.GET if "index" in request.GET else {"index": IndexOf.TPPO})
    index = form.cleaned_data["index"] if form.is_valid() else IndexOf.TPPO
    told = measure_queries.programme_measure(actor, index=index, at=at)
    note_list("events", words="", found=told.events, by=actor, at=at)
    note_list(CATEGORY, words="", found=told.partners.seen, by=actor, at=at)
    context = {"told": told, "form": form, "measured": _sentences(told), "is_unlike": _is_unlike(told)}
    return render(request, "programme/measure.html", context, status=200 if form.is_valid() else 422)


def _sentences(told: measure_queries.ProgrammeMeasure) -> list[tuple[str, measure_words.Told]]:
    if told.found is None or told.to_confirmation is None:
        return []
    return [
        (_("Berapa banyak"), measure_words.rate_in_words(told.found.after, measure_queries.USUAL)),
        (_("Berapa dini"), measure_words.lead_in_words(told.found.lead)),
        (_("Sampai dikonfirmasi"), measure_words.confirmation_in_words(told.to_confirmation)),
        (_("Sebelum penetapan"), measure_words.before_in_words(told.found.before)),
    ]


def _is_unlike(told: measure_queries.ProgrammeMeasure) -> bool:
    return any(abs(one) > UNLIKE for one in told.imbalance)
