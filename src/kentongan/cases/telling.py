"""Who is told in the application of what happened in a case or with a referral: officers on duty who can do something about it.

A message names numbers and agencies, never a person, a title or a reason: those are read behind the gate.
"""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from kentongan.agencies.models import Posting
from kentongan.agreements.access import role_table
from kentongan.agreements.registry import handling_of
from kentongan.messages.actions import put
from kentongan.messages.rules import Channel

from .models import Case, Referral
from .rules import LEADER


def tell(agency: str, *, category: str, topic: str, said: Promise, page: str, about: Case | Referral, key: str, at: datetime, only_leaders: bool = False) -> None:  # fmt: skip
    """Each officer of the agency who acts on the category, or each leader, finds the message; the same key tells once.

    What is said names the number of what it is about, in the language of the country whoever acts.
    """
    with translation.override("id"):
        subject = str(said) % {"number": about.number}
    acting = [role for role, table in role_table().items() if table.get(category, (False, False))[1]]
    roles = [LEADER] if only_leaders else acting
    serving = Posting.objects.filter(agency=agency, role__in=roles, ended_at__isnull=True, officer__is_active=True)
    link = reverse(page, args=[about.pk] if page.endswith("_detail") else [])
    handling = handling_of(about)
    for posting in serving.select_related("officer"):
        put(
            to=posting.officer, channels=[Channel.INAPP], topic=topic, subject=subject, body="", link=link, about=about.ref,
            key=f"{key}:{posting.officer_id}", handling=handling, at=at,
        )  # fmt: skip
