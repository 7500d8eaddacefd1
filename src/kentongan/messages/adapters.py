"""One function a channel: hands a message over, or raises NotSent. What a receiver sees again carries the same id again."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from . import cloud_events, gateways, outgoing, sealing, signing, web_push
from .channels import why_off
from .faults import NotSent, RecipientGone
from .models import Message, WebhookEndpoint
from .rules import Channel
from .wording import words_of

REFUSED = 500
"""SMTP replies from here on are permanent."""

RETRIED_STATUSES = frozenset({408, 425, 429})


def send(message: Message, *, at: datetime) -> str:
    """Hand the message over and return the provider's own reference, if it gives one."""
    if off := why_off(message.channel):
        raise NotSent(off)
    return _ADAPTERS[Channel(message.channel)](message, at)


def _send_email(message: Message, _at: datetime) -> str:
    words = words_of(message)
    host = urlsplit(settings.ADDRESS).hostname or "localhost"
    email = EmailMessage(
        subject=words.subject, body=words.whole, to=[message.address],
        headers={"Message-ID": f"<{message.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    try:
        email.send()
    except smtplib.SMTPRecipientsRefused as fault:
        codes = {code for code, _said in fault.recipients.values()}
        raise NotSent(
            _("Server surel menolak alamat ini (%(codes)s).") % {"codes": ", ".join(map(str, sorted(codes)))},
            is_final=min(codes, default=0) >= REFUSED,
        ) from fault
    except smtplib.SMTPResponseException as fault:
        raise NotSent(_("Server surel menjawab %(code)s.") % {"code": fault.smtp_code}) from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise NotSent(
            _("Server surel tidak menjawab (%(why)s).") % {"why": type(fault).__name__}, is_silent=True
        ) from fault
    return ""


def _send_push(message: Message, at: datetime) -> str:
    browser = message.subscription
    if browser is None:
        raise RecipientGone(_("Langganan peramban ini sudah berakhir."))
    words = words_of(message)
    payload = web_push.payload(title=words.subject, body=message.body, link=message.link, tag=message.pk.hex)
    body = web_push.encrypted(payload, p256dh=browser.p256dh, auth=browser.auth)
    answer = outgoing.request(
        "POST", browser.endpoint, headers=web_push.headers(browser.endpoint, topic=message.pk.hex, at=at), body=body
    )
    if answer.status in (404, 410):
        raise RecipientGone(_("Langganan peramban ini sudah berakhir."))
    _demand_taken(answer, browser.endpoint)
    return ""


def _send_webhook(message: Message, at: datetime) -> str:
    endpoint = message.endpoint
    if endpoint is None:
        raise RecipientGone(_("Webhook ini sudah tidak ada."))
    body = cloud_events.body(message)
    headers = signing.headers(str(message.pk), at=at, body=body, secrets=secrets_of(endpoint, at=at))
    answer = outgoing.request(
        "POST", endpoint.url, headers={"Content-Type": cloud_events.CONTENT_TYPE, **headers}, body=body
    )
    if answer.status == 410:
        raise RecipientGone(_("Penerima menjawab 410: alamat ini tidak dipakai lagi."))
    _demand_taken(answer, endpoint.url, only_final=frozenset())
    return ""


def secrets_of(endpoint: WebhookEndpoint, *, at: datetime) -> list[bytes]:
    """Return the secrets with which the endpoint's messages are signed now: the present one, for a while the former too."""
    found = [sealing.opened(bytes(endpoint.secret_sealed), of=endpoint.ref)]
    if endpoint.former_secret_sealed and endpoint.former_until and endpoint.former_until > at:
        found.append(sealing.opened(bytes(endpoint.former_secret_sealed), of=endpoint.ref))
    return found


def _send_by_gateway(message: Message, _at: datetime) -> str:
    gateway = settings.GATEWAYS[message.channel]
    words = words_of(message)
    order = gateways.order(
        gateway, ident=str(message.pk), to=message.address, text=words.body or words.subject, link=words.address,
        channel=message.channel,
    )  # fmt: skip
    answer = outgoing.request(order.method, order.url, headers=order.headers, body=order.body)
    _demand_taken(answer, order.url)
    if gateway["expect"] and gateway["expect"].encode() not in answer.body:
        raise NotSent(_("Jawaban gerbang pesan tidak memuat tanda penerimaan yang diharapkan."))
    return gateways.reference_in(answer.body)


def _demand_taken(
    answer: outgoing.Answer, url: str, *, only_final: frozenset[int] = frozenset({400, 413, 422})
) -> None:
    """Raise NotSent unless the answer says that the message was taken on."""
    if answer.is_taken:
        return
    raise NotSent(
        _("%(host)s menjawab %(status)s.") % {"host": urlsplit(url).hostname, "status": answer.status},
        is_final=answer.status in only_final,
        wait=answer.wait if answer.status in {*RETRIED_STATUSES, 503} else None,
    )


Adapter = Callable[[Message, datetime], str]

_ADAPTERS: dict[Channel, Adapter] = {
    Channel.EMAIL: _send_email,
    Channel.PUSH: _send_push,
    Channel.WEBHOOK: _send_webhook,
    Channel.SMS: _send_by_gateway,
    Channel.WHATSAPP: _send_by_gateway,
}

LONGEST_SEND = timedelta(seconds=60)
"""No adapter takes longer; a lease outlasts it."""
