"""Pages: one's own notices and channels, what leaves the house, webhooks. Others' are not found."""

import json
import re

import pytest
from django.utils import timezone

from kentongan.agencies.models import Agency, Posting
from kentongan.messages.models import Message, NoticeSettings, PushSubscription, ReachableBy, WebhookEndpoint

from .test_web_push import AUTH, BROWSER_PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_has_tried_yet")]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer, backend=BACKEND)
    return client


@pytest.fixture
def administrator(client, officer_of, officer):
    client.force_login(officer_of("kanim-atambua", role="administrator"), backend=BACKEND)
    return client


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# notices


def test_an_officer_sees_the_own_notices_and_how_many_are_new(signed_in, put, officer_of):
    put(channels=["inapp"], subject="Satu untuk saya")
    put(channels=["inapp"], subject="Untuk rekan", to=officer_of("polres-belu", kind="police"))

    page = text_of(signed_in.get("/pemberitahuan/"))

    assert "Satu untuk saya" in page
    assert "1 belum dibaca" in page
    assert "Untuk rekan" not in page


def test_a_notice_that_says_nothing_is_shown_with_neutral_words(signed_in, put):
    put(channels=["inapp"], handling="protected", subject="Nama pengungsi")

    page = text_of(signed_in.get("/pemberitahuan/"))

    assert "Ada yang menunggu Anda" in page
    assert "Nama pengungsi" not in page


def test_opening_a_notice_counts_it_as_read_and_leads_where_it_points(signed_in, put):
    (notice,) = put(channels=["inapp"])

    answer = signed_in.post(f"/pemberitahuan/{notice.pk}/buka/")

    assert (answer.status_code, answer["Location"]) == (302, "/peringatan/1/")
    assert Message.objects.get().state == "read"
    assert signed_in.post(f"/pemberitahuan/{notice.pk}/buka/").status_code == 302  # again


def test_somebody_elses_notice_is_not_found(signed_in, put, officer_of):
    (notice,) = put(channels=["inapp"], to=officer_of("polres-belu", kind="police"))

    assert signed_in.post(f"/pemberitahuan/{notice.pk}/buka/").status_code == 404
    assert Message.objects.get().state == "delivered"


def test_notices_of_a_former_agency_are_not_shown_in_the_next_one(signed_in, put, officer, agency_of):
    put(channels=["inapp"], subject="Dari instansi lama")
    officer.postings.update(ended_at=timezone.now())
    Posting.objects.create(
        officer=officer, agency=agency_of("polres-belu", kind="police"), role="analyst", started_at=timezone.now()
    )

    assert "Dari instansi lama" not in text_of(signed_in.get("/pemberitahuan/"))


def test_notices_of_a_former_role_are_not_shown_to_who_serves_the_same_agency_in_another(
    signed_in, put, officer, agency_of
):
    put(channels=["inapp"], handling="restricted", subject="Untuk petugas perkara")
    officer.postings.update(ended_at=timezone.now())
    Posting.objects.create(
        officer=officer, agency=agency_of("kanim-atambua"), role="administrator", started_at=timezone.now()
    )

    assert "Untuk petugas perkara" not in text_of(signed_in.get("/pemberitahuan/"))


def test_all_notices_are_marked_at_once(signed_in, put):
    put(channels=["inapp"])
    put(channels=["inapp"])

    signed_in.post("/pemberitahuan/dibaca/")

    assert set(Message.objects.values_list("state", flat=True)) == {"read"}


def test_the_count_is_sent_once_and_then_only_that_it_still_holds(signed_in, put, officer_of, client):
    put(channels=["inapp"])
    first = signed_in.get("/pemberitahuan/jumlah/")
    again = signed_in.get("/pemberitahuan/jumlah/", headers={"if-none-match": first["ETag"]})
    put(channels=["inapp"])
    changed = signed_in.get("/pemberitahuan/jumlah/", headers={"if-none-match": first["ETag"]})

    assert (first.status_code, json.loads(first.content)["unread"]) == (200, 1)
    assert (again.status_code, again.content) == (304, b"")
    assert (changed.status_code, json.loads(changed.content)["unread"]) == (200, 2)
    client.force_login(officer_of("polres-belu", kind="police"), backend=BACKEND)
    assert client.get("/pemberitahuan/jumlah/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_count_asks_the_database_little(signed_in, put, django_assert_max_num_queries):
    put(channels=["inapp"])
    tag = signed_in.get("/pemberitahuan/jumlah/")["ETag"]

    with django_assert_max_num_queries(9):  # eight of them open any page: who it is and for whom
        signed_in.get("/pemberitahuan/jumlah/", headers={"if-none-match": tag})


def test_an_officer_off_duty_is_told_so(signed_in, officer):
    officer.postings.update(ended_at=timezone.now())

    assert signed_in.get("/pemberitahuan/").status_code == 403


# own channels


def test_the_page_of_channels_says_which_are_off(signed_in, settings):
    settings.EMAIL_HOST, settings.PUSH_CONTACT, settings.GATEWAYS = "", "", {}

    page = text_of(signed_in.get("/pemberitahuan/saluran/"))

    assert "KENTONGAN_EMAIL_HOST belum diisi" in page
    assert "KENTONGAN_PUSH_CONTACT belum diisi" in page
    assert "[sms]" in page


def test_an_address_is_added_proven_switched_and_removed(signed_in, mailoutbox):
    from kentongan.messages.sending import deliver_due

    signed_in.post("/pemberitahuan/saluran/email/", {"address": "saya@kanim.test"})
    deliver_due(worker="w", clock=timezone.now)
    code = re.search(r"\b\d{6}\b", mailoutbox[0].body).group()
    wrong = signed_in.post(
        "/pemberitahuan/saluran/email/kode/", {"code": f"{(int(code) + 1) % 10**6:06d}"}, follow=True
    )
    assert "Kode salah" in text_of(wrong)
    assert ReachableBy.objects.get().verified_at is None

    right = signed_in.post("/pemberitahuan/saluran/email/kode/", {"code": code}, follow=True)
    assert "terbukti" in text_of(right)
    signed_in.post("/pemberitahuan/saluran/email/sakelar/", {"is_on": "0"})
    assert not ReachableBy.objects.get().is_on
    signed_in.post("/pemberitahuan/saluran/email/hapus/")
    assert not ReachableBy.objects.exists()


@pytest.mark.parametrize("channel", ["push", "webhook", "inapp", "merpati"])
@pytest.mark.parametrize("what", ["", "kode/", "sakelar/", "hapus/"])
def test_a_channel_without_an_address_of_ones_own_is_not_found(signed_in, channel, what):
    sent = {"address": "a@b.test", "code": "123456"}

    assert signed_in.post(f"/pemberitahuan/saluran/{channel}/{what}", sent).status_code == 404


def test_a_wrong_address_is_refused_in_words(signed_in):
    answer = signed_in.post("/pemberitahuan/saluran/sms/", {"address": "nol delapan"}, follow=True)

    assert "kode negara" in text_of(answer)


def test_a_browser_is_subscribed_by_the_pages_script_and_let_go(signed_in):
    sent = {"endpoint": "https://push.test/1", "p256dh": BROWSER_PUBLIC, "auth": AUTH}
    answer = signed_in.post("/pemberitahuan/saluran/peramban/", sent)

    assert PushSubscription.objects.get(pk=answer.json()["subscription"]).ended_at is None
    signed_in.post(f"/pemberitahuan/saluran/peramban/{answer.json()['subscription']}/lepas/")
    assert PushSubscription.objects.get().end_reason == "by_officer"


@pytest.mark.parametrize("sent", [{}, {"endpoint": "https://10.0.0.1/", "p256dh": BROWSER_PUBLIC, "auth": AUTH}])
def test_what_is_no_subscription_is_refused_in_words_the_script_can_show(signed_in, sent):
    answer = signed_in.post("/pemberitahuan/saluran/peramban/", sent)

    assert answer.status_code == 422
    assert answer.json()["error"]


def test_quiet_hours_are_kept(signed_in):
    sent = {"quiet_from": "22:00", "quiet_to": "06:00", "zone": "Asia/Makassar"}

    signed_in.post("/pemberitahuan/saluran/jam-tenang/", sent)

    assert NoticeSettings.objects.get().quiet_from.hour == 22


def test_the_page_offers_the_push_key_and_its_worker_without_inline_script(signed_in):
    page = signed_in.get("/pemberitahuan/saluran/").content.decode()

    assert re.search(r'data-key="B[\w-]{86}"', page)
    assert "messages/push-worker.js" in page
    assert not re.search(r"<script(?![^>]*src=)", page)


# what leaves the house


def test_an_administrator_sees_what_left_and_what_failed_and_never_what_it_says(administrator, message_in):
    message_in("dead", last_error="127.0.0.1 menjawab 503.")
    Message.objects.update(handling="open", body="Isi rahasia", subject="Judul rahasia")

    page = text_of(administrator.get("/pesan/keluar/"))

    assert "127.0.0.1 menjawab 503." in page
    assert "rahasia" not in page


def test_the_list_is_narrowed_to_a_state_and_a_channel(administrator, message_in):
    message_in("dead")

    assert "tidak cocok" not in text_of(administrator.get("/pesan/keluar/?state=dead&channel=webhook"))
    assert "Tidak ada pesan yang cocok" in text_of(administrator.get("/pesan/keluar/?state=sent"))


def test_the_list_asks_the_same_few_questions_whatever_its_length(
    administrator, message_in, django_assert_max_num_queries
):
    for _ in range(12):
        message_in("sent")
    administrator.get("/pesan/keluar/")

    with django_assert_max_num_queries(16):
        administrator.get("/pesan/keluar/")


def test_a_dead_message_is_sent_again_with_a_reason(administrator, message_in):
    message = message_in("dead")

    without = administrator.post(f"/pesan/keluar/{message.pk}/ulang/", {}, follow=True)
    assert "alasan" in text_of(without).lower()
    assert Message.objects.get().state == "dead"
    administrator.post(f"/pesan/keluar/{message.pk}/ulang/", {"why": "gerbang sudah pulih"})
    assert Message.objects.get().state == "waiting"
    again = administrator.post(f"/pesan/keluar/{message.pk}/ulang/", {"why": "gerbang sudah pulih"}, follow=True)
    assert "tidak lagi menunggu keputusan" in text_of(again)


def test_an_administrator_of_another_agency_sees_none_of_it(client, officer_of, message_in):
    message = message_in("dead")
    stranger = officer_of("polres-belu", role="administrator", kind="police")
    client.force_login(stranger, backend=BACKEND)

    assert "503" not in text_of(client.get("/pesan/keluar/"))
    assert client.post(f"/pesan/keluar/{message.pk}/ulang/", {"why": "ingin tahu"}).status_code == 404
    for what in ("rahasia", "sakelar", "uji"):
        assert client.post(f"/pesan/webhook/{message.endpoint_id}/{what}/", {"why": "ingin tahu"}).status_code == 404


@pytest.mark.parametrize("address", ["/pesan/keluar/", "/pesan/webhook/"])
def test_officers_who_do_not_administer_stay_outside(signed_in, address):
    assert signed_in.get(address).status_code == 403


# webhooks


def test_a_webhook_is_made_and_its_secret_shown_once(administrator, agency_of):
    sent = {
        "agency": agency_of("kanim-atambua").pk, "name": "SIMKIM", "url": "https://sistem.test/", "topics": ["alert.raised"],
    }  # fmt: skip
    made = administrator.post("/pesan/webhook/", sent).content.decode()
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made).group()

    again = administrator.get("/pesan/webhook/").content.decode()

    assert WebhookEndpoint.objects.get().topics == ["alert.raised"]
    assert "SIMKIM" in again
    assert secret not in again


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://sistem.test/"}, "https://"),
        ({"url": "https://127.0.0.2/"}, "jaringan tertutup"),
        ({"name": ""}, ""),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_with_the_reason(administrator, agency_of, change, words):
    sent = {"agency": agency_of("kanim-atambua").pk, "name": "SIMKIM", "url": "https://sistem.test/"} | change

    answer = administrator.post("/pesan/webhook/", sent)

    assert answer.status_code == 422
    assert words in text_of(answer)


def test_a_webhook_of_an_agency_that_is_not_ones_own_cannot_be_chosen(administrator, agency_of):
    agency_of("polres-belu", kind="police")
    sent = {"agency": "polres-belu", "name": "SIM", "url": "https://sistem.test/"}

    assert administrator.post("/pesan/webhook/", sent).status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_a_webhook_gets_a_new_secret_a_test_message_and_is_switched_off(administrator, webhook):
    renewed = administrator.post(f"/pesan/webhook/{webhook.pk}/rahasia/").content.decode()
    assert "whsec_" in renewed
    administrator.post(f"/pesan/webhook/{webhook.pk}/uji/")
    assert Message.objects.get().topic == "webhook.test"
    administrator.post(f"/pesan/webhook/{webhook.pk}/sakelar/", {"why": "sistem diganti"})
    assert not WebhookEndpoint.objects.get().is_active
    administrator.post(f"/pesan/webhook/{webhook.pk}/sakelar/", {"why": "sistem kembali", "is_active": "on"})
    assert WebhookEndpoint.objects.get().is_active
    assert Agency.objects.filter(webhooks__version=4).exists()
