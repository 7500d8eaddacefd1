"""Pages of an officer's notices and own channels, and the address to which gateways report."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from kentongan.agencies.doors import officer_of
from kentongan.agencies.labels import device_words
from kentongan.kit.errors import KentonganError

from . import actions, addresses, forms, labels, queries, sending, web_push
from .channels import why_off
from .doors import agency_of, demand_gateway, on_duty
from .models import Message, NoticeSettings, PushSubscription, ReachableBy
from .rules import BY_ADDRESS, Channel, State

PAGE = 25


@require_safe
@on_duty
@never_cache
def notice_list(request: HttpRequest) -> HttpResponse:
    """Show what the officer was told, the newest first."""
    found = queries.notices_of(officer_of(request), agency=agency_of(request))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(notice, labels.topic_word(notice.topic)) for notice in page]
    unread = found.filter(state=State.DELIVERED).count()
    return render(request, "messages/notice_list.html", {"page": page, "rows": rows, "unread": unread})


def _unread_of(request: HttpRequest) -> queries.Unread:
    """Return what is unread, asked once a request."""
    if not hasattr(request, "unread_notices"):
        request.unread_notices = queries.unread(officer_of(request), agency=agency_of(request))  # type: ignore[attr-defined]
    return cast(queries.Unread, request.unread_notices)  # type: ignore[attr-defined]


def _unread_tag(request: HttpRequest) -> str:
    found = _unread_of(request)
    return f'"{officer_of(request).pk.hex}-{agency_of(request)}-{found.number}-{found.newest}"'


@require_safe
@on_duty
@condition(etag_func=_unread_tag)
def notice_count(request: HttpRequest) -> HttpResponse:
    """Return how many notices are unread; to whoever knows the number already, only that it still holds."""
    found = _unread_of(request)
    answer = JsonResponse({"unread": found.number, "newest": found.newest})
    answer.headers["Cache-Control"] = "private, no-cache"  # kept by the browser, asked about each time
    return answer


@require_POST
@on_duty
def notice_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Count a notice as read and go where it leads."""
    notice = queries.notices_of(officer_of(request), agency=agency_of(request)).filter(pk=pk).first()
    if notice is None:
        raise Http404
    actions.mark_read(officer=officer_of(request), messages=[pk], at=timezone.now())
    return HttpResponseRedirect(notice.link or reverse("notice_list"))


@require_POST
@on_duty
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Count all notices as read."""
    actions.mark_read(officer=officer_of(request), at=timezone.now())
    return redirect("notice_list")


@require_safe
@on_duty
@never_cache
def notice_channels(request: HttpRequest) -> HttpResponse:
    """Show by which channels the officer is told."""
    officer = officer_of(request)
    own = {row.channel: row for row in ReachableBy.objects.filter(officer=officer)}
    quiet = NoticeSettings.objects.filter(officer=officer).first() or NoticeSettings(officer=officer)
    push_off = why_off(Channel.PUSH)
    browsers = PushSubscription.objects.filter(officer=officer, ended_at__isnull=True).order_by("-made_at")
    context = {
        "rows": [
            {
                "channel": channel,
                "label": labels.CHANNELS[channel],
                "off": why_off(channel),
                "own": own.get(channel),
                "form": forms.AddressForm(channel=channel, auto_id=f"{channel}-%s"),
                "code_form": forms.CodeForm(auto_id=f"{channel}-%s"),
            }
            for channel in BY_ADDRESS
        ],
        "push_off": push_off,
        "push_key": "" if push_off else web_push.public_key(),
        "browsers": [(browser, device_words(browser.device)) for browser in browsers],
        "quiet_form": forms.QuietForm(
            initial={"quiet_from": quiet.quiet_from, "quiet_to": quiet.quiet_to, "zone": quiet.zone}
        ),
    }
    return render(request, "messages/notice_channels.html", context)


@require_POST
@on_duty
def channel_address(request: HttpRequest, channel: str) -> HttpResponse:
    """Take an address and send a code to it."""

    def deed(said: dict[str, Any]) -> None:
        addresses.add_address(
            officer=officer_of(request), channel=_by_address(channel), address=said["address"], at=timezone.now()
        )

    return _done(
        request,
        forms.AddressForm(request.POST, channel=channel),
        deed,
        _("Kode sudah dikirim. Masukkan kode itu di sini."),
    )


@require_POST
@on_duty
def channel_code(request: HttpRequest, channel: str) -> HttpResponse:
    """Prove an address with its code."""
    chosen = _by_address(channel)

    def deed(said: dict[str, Any]) -> None:
        addresses.prove_address(officer=officer_of(request), channel=chosen, code=said["code"], at=timezone.now())

    return _done(
        request, forms.CodeForm(request.POST), deed, _("Alamat terbukti milik Anda dan dipakai mulai sekarang.")
    )


@require_POST
@on_duty
def channel_switch(request: HttpRequest, channel: str) -> HttpResponse:
    """Switch a channel on or off."""
    is_on = request.POST.get("is_on") == "1"
    addresses.switch_address(officer=officer_of(request), channel=_by_address(channel), is_on=is_on, at=timezone.now())
    return redirect("notice_channels")


@require_POST
@on_duty
def channel_remove(request: HttpRequest, channel: str) -> HttpResponse:
    """Forget an address."""
    addresses.remove_address(officer=officer_of(request), channel=_by_address(channel), at=timezone.now())
    messages.success(request, _("Alamat dihapus."))
    return redirect("notice_channels")


@require_POST
@on_duty
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """Set the hours during which what can wait, waits."""

    def deed(said: dict[str, Any]) -> None:
        addresses.set_quiet_hours(officer=officer_of(request), at=timezone.now(), **said)

    return _done(request, forms.QuietForm(request.POST), deed, _("Jam tenang disimpan."))


@require_POST
@on_duty
def browser_subscribe(request: HttpRequest) -> HttpResponse:
    """Take a browser's subscription; the page's script sends it."""
    form = forms.BrowserForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": _("Peramban mengirim langganan yang tidak lengkap.")}, status=422)
    try:
        row = addresses.subscribe_browser(
            officer=officer_of(request), device=request.headers.get("User-Agent", ""), at=timezone.now(),
            **form.cleaned_data,
        )  # fmt: skip
    except KentonganError as refusal:
        return JsonResponse({"error": refusal.message, "code": refusal.code}, status=422)
    return JsonResponse({"subscription": row.pk})


@require_POST
@on_duty
def browser_unsubscribe(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a browser no more."""
    if not addresses.unsubscribe_browser(officer=officer_of(request), subscription=pk, at=timezone.now()):
        raise Http404
    messages.success(request, _("Peramban itu tidak diberi tahu lagi."))
    return redirect("notice_channels")


@csrf_exempt  # the gateway has no session; it shows its secret
@require_http_methods(["GET", "POST"])
@never_cache
def gateway_report(request: HttpRequest, channel: str, what: str) -> HttpResponse:
    """Take a gateway's word on what became of a message; the same word again changes nothing."""
    demand_gateway(request, channel)
    ident = request.POST.get("id") or request.GET.get("id", "")
    message = _sent_by_gateway(channel, ident)
    match what:
        case "delivered":
            sending.note_delivered(message=message, at=timezone.now())
        case "failed":
            sending.note_failed(message=message, why=_("Gerbang pesan melaporkan gagal."), at=timezone.now())
        case "sent":
            pass  # it is sent for us since the gateway took it on
        case _:
            raise Http404
    return JsonResponse({"message": str(message.pk), "status": what})


def _sent_by_gateway(channel: str, ident: str) -> Message:
    try:
        pk = UUID(ident)
    except ValueError as fault:
        raise Http404 from fault
    message = Message.objects.filter(pk=pk, channel=channel).first()
    if message is None:
        raise Http404
    return message


def _by_address(channel: str) -> Channel:
    if channel not in BY_ADDRESS:
        raise Http404
    return Channel(channel)


def _done(request: HttpRequest, form: Form, deed: Callable[[dict[str, Any]], None], done: str) -> HttpResponse:
    """Do the deed with what was said and return to the own channels, with its refusal where there is one."""
    if not form.is_valid():
        messages.error(request, " ".join(str(fault) for faults in form.errors.values() for fault in faults))
        return redirect("notice_channels")
    try:
        deed(form.cleaned_data)
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("notice_channels")
