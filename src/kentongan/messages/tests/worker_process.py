"""What the tests of killed workers run in processes of their own, on the database that DATABASE_URL names.

Called as `worker_process.py prepare NUMBER URL|work NAME|count`; prints one line of JSON.
"""

import base64
import json
import os
import sys
import time
from datetime import timedelta

import django

SECRET = b"0123456789abcdef0123456789abcdef"
IDLE_S = 0.02


def prepare(number: str, url: str) -> dict[str, object]:
    """Make the tables, an agency with a webhook at the url, and so many messages for it."""
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from kentongan.agencies.models import Agency
    from kentongan.messages import actions, sealing
    from kentongan.messages.models import WebhookEndpoint

    for room in ("audit", "notices"):  # and what stands below them
        call_command("migrate", room, verbosity=0)
    agency = Agency.objects.create(id="kanim-atambua", name="Kanim", kind="immigration", country="ID", level="regency")
    endpoint = WebhookEndpoint(agency=agency, name="SIM", url=url, made_at=timezone.now(), made_by="system:command")
    endpoint.secret_sealed = sealing.sealed(SECRET, of=endpoint.ref)
    endpoint.save()
    with transaction.atomic():
        for one in range(int(number)):
            actions.put(
                to=agency, channels=["webhook"], topic="alert.raised", subject="Uji", body="", link="/", about=f"alert:{one}",
                key=f"ladder:{one}", handling="restricted", at=timezone.now(),
            )  # fmt: skip
    return count()


def work(name: str) -> dict[str, object]:
    """Send what is due until nothing waits, with leases and pauses that a test can wait for."""
    from django.utils import timezone

    from kentongan.messages import rules, sending
    from kentongan.messages.models import Message

    sending.LEASE, sending.BREATHER = timedelta(seconds=1), timedelta(milliseconds=20)
    rules.FIRST_PAUSE = timedelta(milliseconds=20)
    while Message.objects.filter(state__in=["waiting", "claimed"]).exists():
        if not sending.deliver_due(worker=name, clock=timezone.now, most=5):
            time.sleep(IDLE_S)
    return count()


def count() -> dict[str, object]:
    """Return the ids of all messages and how many stand in which state, and how often sending was recorded."""
    from collections import Counter

    from kentongan.audit.models import TrailRow
    from kentongan.messages.models import Message

    rows = list(Message.objects.values_list("pk", "state"))
    sent = TrailRow.objects.filter(event="message.sent").values_list("facts", flat=True)
    return {
        "ids": sorted(str(pk) for pk, _state in rows),
        "states": Counter(state for _pk, state in rows),
        "recorded": sorted(facts["message"] for facts in sent),
        "secret": base64.b64encode(SECRET).decode(),
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "kentongan.config.settings_test"
    os.environ["KENTONGAN_OUTGOING_INSIDE"] = "127.0.0.1"
    os.environ["KENTONGAN_LOG_LEVEL"] = "ERROR"
    django.setup()
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))  # noqa: T201 - the answer
