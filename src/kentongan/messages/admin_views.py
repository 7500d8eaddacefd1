"""Pages of administrators: what leaves the house and what failed, and the webhooks of agencies. Never content."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.doors import administering, administrator_of
from kentongan.agencies.queries import administered_agencies
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import civil_day

from . import actions, forms, labels, queries, webhooks
from .channels import why_off
from .models import Message, WebhookEndpoint
from .rules import OUTSIDE, Channel, State

PAGE = 50


@require_safe
@administering
def outgoing_list(request: HttpRequest) -> HttpResponse:
    """Show what leaves the house for one's agencies: to whom, by which channel, where it stands; never what it says."""
    at = timezone.now()
    found = queries.outgoing_of(administrator_of(request), on=civil_day(at))
    form = forms.OutgoingFilterForm(request.GET)
    chosen = {name: value for name, value in (form.cleaned_data if form.is_valid() else {}).items() if value}
    page = Paginator(found.filter(**chosen), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(message) for message in page],
        "form": form,
        "is_filtered": bool(chosen),
        "table": _table(queries.counts(found)),
        "states": labels.STATES.items(),
        "why_form": forms.WhyForm(auto_id=False),
    }
    return render(request, "messages/outgoing_list.html", context)


@require_POST
@administering
def outgoing_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a message that was given up wait again."""
    by, at = administrator_of(request), timezone.now()
    message = queries.outgoing_of(by, on=civil_day(at)).filter(pk=pk).first()
    if message is None:
        raise Http404
    form = forms.WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tulis alasan mengirim ulang, sedikitnya lima huruf."))
        return redirect("outgoing_list")
    try:
        actions.try_again(message=message, why=form.cleaned_data["why"], by=by, at=at)
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Pesan menunggu dikirim lagi."))
    return redirect("outgoing_list")


@require_http_methods(["GET", "HEAD", "POST"])
@administering
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Show the webhooks of one's agencies and make a new one; its secret is shown in the answer, once."""
    by, at = administrator_of(request), timezone.now()
    agencies = administered_agencies(by, on=civil_day(at))
    form = forms.WebhookForm(request.POST or None, agencies=agencies)
    made = None
    if form.is_valid():
        try:
            made = webhooks.make_webhook(**form.cleaned_data, by=by, at=at)
        except KentonganError as refusal:
            form.add_error(None, refusal.message)
        else:
            form = forms.WebhookForm(agencies=agencies)
    return _webhook_page(request, form, made, status=422 if form.errors else 200)


@require_POST
@administering
def webhook_secret(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a new secret and show it once."""
    by, at = administrator_of(request), timezone.now()
    endpoint = _webhook(request, pk)
    form = forms.WebhookForm(agencies=administered_agencies(by, on=civil_day(at)))
    try:
        made = webhooks.renew_secret(endpoint=endpoint, by=by, at=at)
    except KentonganError as refusal:
        messages.error(request, refusal.message)
        return redirect("webhook_list")
    return _webhook_page(request, form, made)


@require_POST
@administering
def webhook_switch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Switch a webhook on or off."""
    endpoint, form = _webhook(request, pk), forms.SwitchForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tulis alasannya, sedikitnya lima huruf."))
        return redirect("webhook_list")
    try:
        webhooks.switch_webhook(endpoint=endpoint, **form.cleaned_data, by=administrator_of(request), at=timezone.now())
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    return redirect("webhook_list")


@require_POST
@administering
def webhook_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a message without content."""
    endpoint = _webhook(request, pk)
    actions.put_test(endpoint=endpoint, by=administrator_of(request), at=timezone.now())
    messages.success(request, _("Pesan uji menunggu dikirim; lihat hasilnya di Pesan keluar."))
    return redirect("webhook_list")


def _webhook(request: HttpRequest, pk: UUID) -> WebhookEndpoint:
    at = timezone.now()
    endpoint = queries.webhooks_of(administrator_of(request), on=civil_day(at)).filter(pk=pk).first()
    if endpoint is None:
        raise Http404
    return endpoint


def _webhook_page(
    request: HttpRequest, form: forms.WebhookForm, made: webhooks.NewSecret | None, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    rows = [
        (endpoint, [labels.topic_word(topic) for topic in endpoint.topics])
        for endpoint in queries.webhooks_of(administrator_of(request), on=civil_day(at))
    ]
    return render(request, "messages/webhook_list.html", {"rows": rows, "form": form, "made": made}, status=status)


def _row(message: Message) -> dict[str, object]:
    return {
        "message": message,
        "channel": labels.CHANNELS[message.channel],
        "state": labels.STATES[message.state],
        "chip": labels.CHIPS[message.state],
        "topic": labels.topic_word(message.topic),
        "to": message.endpoint or message.officer,
        "is_dead": message.state == State.DEAD,
    }


def _table(counts: dict[tuple[str, str], int]) -> list[dict[str, object]]:
    """Return one line a channel: what is missing before it can be used, and how many messages stand in each state."""
    return [
        {
            "label": labels.CHANNELS[channel],
            "code": channel.value,
            "off": why_off(channel),
            "numbers": [(state, counts.get((channel, state), 0)) for state in labels.STATES],
        }
        for channel in Channel
        if channel in OUTSIDE
    ]
