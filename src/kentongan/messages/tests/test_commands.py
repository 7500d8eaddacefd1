"""`kentongan messages`: counts, sending now, and trying the dead ones again."""

import re

import pytest
from typer.testing import CliRunner

from kentongan.audit.models import TrailRow
from kentongan.messages.actions import UnknownChannel
from kentongan.messages.commands import app
from kentongan.messages.models import Message

pytestmark = pytest.mark.django_db


def run(*words):
    done = CliRunner().invoke(app, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_the_list_counts_by_channel_and_state_and_says_which_channel_is_off(message_in, settings):
    message_in("dead")
    settings.EMAIL_HOST = ""

    told = run("list")

    assert re.search(r"Webhook\s*│\s*gagal\s*│\s*1\b", told.stdout)
    assert "KENTONGAN_EMAIL_HOST" in told.stderr
    assert "[sms]" not in told.stderr


def test_dead_messages_wait_again_and_a_dry_run_changes_nothing(message_in):
    message_in("dead")
    message_in("dead")

    run("retry", "--why", "gerbang pulih", "--dry-run")
    assert Message.objects.filter(state="dead").count() == 2
    run("retry", "--why", "gerbang pulih", "--channel", "sms")
    assert Message.objects.filter(state="dead").count() == 2
    run("retry", "--why", "gerbang pulih")

    assert Message.objects.filter(state="waiting").count() == 2
    assert TrailRow.objects.filter(event="message.retried", actor="system:command").count() == 2


def test_what_waits_is_sent_now(message_in, receiver):
    message_in("waiting")

    run("send")

    assert Message.objects.get().state == "sent"
    assert len(receiver.heard) == 1


def test_an_unknown_channel_is_refused():
    with pytest.raises(UnknownChannel):
        run("retry", "--why", "gerbang pulih", "--channel", "merpati")
