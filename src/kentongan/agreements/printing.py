"""Forms on paper: a record's released fields on A4, with its handling in head and foot, and the print in the trail.

The forms are Indonesian whatever the language of the page: they go into Indonesian files. No source that was read (by 22
November 2026) settles the layout of a Laporan Informasi, a nota dinas or the minutes of a hand-over for all agencies; each body
has its own rules of correspondence. What is printed here is a plain form with the facts in it, to be numbered, completed and
signed by hand under the agency's own rules.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from kentongan.agencies.models import Agency, Officer
from kentongan.audit import trail

from .facts import Actor

HANDLING_WORDS: Mapping[str, str] = {
    "open": "TERBUKA",
    "shared": "BERBAGI",
    "restricted": "TERBATAS",
    "personal": "DATA PRIBADI",
    "protected": "DILINDUNGI",
}
"""How a class of handling is written on paper: the words of this project, not the security classes of archives law."""


def printed(
    request: HttpRequest,
    template: str,
    facts: Mapping[str, Any],
    *,
    form: str,
    on: str,
    handling: str,
    is_simulated: bool,
    by: Actor,
    at: datetime,
) -> HttpResponse:
    """Return the form as a page to print, and note in the trail that the record left on paper.

    `facts` come from rows that the gate showed; what it withheld of them is not in them.
    """
    trail.note_export(by=by, at=at, rows=1, on=on, facts={"form": form, "as": "print"})
    with translation.override("id"):
        return render(
            request,
            template,
            {
                **facts,
                "handling_word": HANDLING_WORDS[handling],
                "is_simulated_print": is_simulated or settings.IS_DEMONSTRATION,
                "printing_agency": Agency.objects.get(pk=by.agency),
                "printing_officer": Officer.objects.filter(pk=by.ref.partition(":")[2]).first(),
                "printed_at": timezone.localtime(at),
            },
        )
