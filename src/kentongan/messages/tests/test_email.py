"""E-mail: neutral words and a link, the same Message-ID each time, and what the mail server's answers mean."""

import smtplib

import pytest
from django.core.mail import EmailMessage

from conftest import NOW
from kentongan.messages import adapters
from kentongan.messages.faults import NotSent
from kentongan.messages.models import Message
from kentongan.messages.sending import deliver_due

pytestmark = pytest.mark.django_db


def test_an_officer_gets_neutral_words_and_the_link(put, reachable, clock, mailoutbox):
    put(channels=["email"], handling="personal")

    deliver_due(worker="w", clock=clock)

    (email,) = mailoutbox
    assert email.to == [reachable["email"]]
    assert email.subject == "Ada peringatan yang menunggu Anda di Kentongan"
    assert email.body == f"{email.subject}\nhttps://kentongan.test/peringatan/1/"
    assert email.extra_headers["Auto-Submitted"] == "auto-generated"


def test_what_is_open_is_said_in_full(put, reachable, clock, mailoutbox):
    put(channels=["email"], subject="Rapat besok", body="Pukul sembilan.", topic="task.due")

    deliver_due(worker="w", clock=clock)

    assert (mailoutbox[0].subject, mailoutbox[0].body.split("\n")[0]) == ("Rapat besok", "Pukul sembilan.")


def test_a_message_that_is_sent_again_has_the_same_message_id(put, reachable, mailoutbox):
    (message,) = put(channels=["email"])

    adapters.send(message, at=NOW)
    adapters.send(message, at=NOW)

    assert {email.extra_headers["Message-ID"] for email in mailoutbox} == {f"<{message.pk}@kentongan.test>"}


@pytest.mark.parametrize(
    ("fault", "is_final", "is_silent"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"tidak ada")}), True, False),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"penuh")}), False, False),
        (smtplib.SMTPAuthenticationError(535, b"salah"), False, False),
        (smtplib.SMTPServerDisconnected("putus"), False, True),
        (ConnectionRefusedError(), False, True),
        (TimeoutError(), False, True),
    ],
)
def test_what_the_mail_server_answers_decides_on_the_next_attempt(
    put, reachable, monkeypatch, fault, is_final, is_silent
):
    (message,) = put(channels=["email"])

    def fails(_email):
        raise fault

    monkeypatch.setattr(EmailMessage, "send", fails)
    with pytest.raises(NotSent) as refusal:
        adapters.send(message, at=NOW)

    assert (refusal.value.is_final, refusal.value.is_silent) == (is_final, is_silent)
    assert "petugas@kanim.test" not in refusal.value.message


def test_a_channel_that_was_switched_off_meanwhile_waits_and_says_why(put, reachable, clock, settings):
    put(channels=["email"])
    settings.EMAIL_HOST = ""

    deliver_due(worker="w", clock=clock)

    assert Message.objects.get().state == "waiting"
    assert "KENTONGAN_EMAIL_HOST" in Message.objects.get().last_error
