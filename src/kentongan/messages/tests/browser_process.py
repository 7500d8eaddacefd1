"""A small installation and a real browser that subscribes to notices in it; in a process of its own, for a browser's event
loop and the database layer do not get on in one. Called as `browser_process.py CHROMIUM`; prints one line of JSON.

The push service is the page's own: the key exchange, the worker, the permission and the server are real.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import django

PASSWORD = "sangat-rahasia-2026"
WITHIN_S = 60
OWN_PUSH_SERVICE = """async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])
  const key = await crypto.subtle.exportKey('raw', pair.publicKey)
  PushManager.prototype.getSubscription = async () => null
  PushManager.prototype.subscribe = async (options) => ({
    endpoint: 'https://push.contoh.test/abc', options,
    getKey: (name) => (name === 'auth' ? new Uint8Array(16).buffer : key),
  })
}"""
NOTICES = """() => navigator.serviceWorker.getRegistrations()
  .then(([worker]) => worker.getNotifications()).then((all) => all.map((one) => [one.title, one.tag, one.data.link]))"""


def prepare():
    from django.core.management import call_command
    from django.utils import timezone

    from kentongan.agencies.models import Agency, Officer, Posting

    call_command("migrate", verbosity=0)
    agency = Agency.objects.create(id="kanim-atambua", name="Kanim", kind="immigration", country="ID", level="regency")
    officer = Officer.objects.create_user(username="ani", password=PASSWORD)
    Posting.objects.create(officer=officer, agency=agency, role="analyst", started_at=timezone.now())


def subscriptions():
    from kentongan.messages import web_push
    from kentongan.messages.models import PushSubscription

    rows = PushSubscription.objects.filter(ended_at__isnull=True)
    return [[row.endpoint, web_push.is_browser_key(row.p256dh, row.auth)] for row in rows]


def browse(executable, port):
    from playwright.sync_api import sync_playwright

    origin, complaints = f"http://127.0.0.1:{port}", []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-sync"])
        window = browser.new_context(base_url=origin, permissions=["notifications"])
        page = window.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto("/akun/login/?next=/pemberitahuan/saluran/")
        page.get_by_label("Nama pengguna").fill("ani")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk", exact=True).click()
        page.wait_for_url(f"{origin}/pemberitahuan/saluran/")
        page.evaluate(OWN_PUSH_SERVICE)
        with page.expect_navigation():
            page.get_by_role("button", name="Beri tahu di peramban ini").click()
        page.get_by_role("button", name="Lepas").wait_for()
        notices = _pushed(window.new_cdp_session(page), page, origin)
        browser.close()
    told = [text for text in complaints if "Permissions-Policy" not in text]  # of features this browser does not know
    return {"notices": notices, "complaints": told}


def _pushed(session, page, origin):
    """Hand a push to the worker as the browser's push service would; return what it shows."""
    found = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    _until(lambda: found or page.wait_for_timeout(50))
    data = json.dumps({"title": "Ada peringatan", "body": "", "link": "/peringatan/1/", "tag": "t1"})
    where = {"origin": origin, "registrationId": found[-1]["registrationId"]}
    session.send("ServiceWorker.deliverPushMessage", {**where, "data": data})
    _until(lambda: page.evaluate(NOTICES) or page.wait_for_timeout(50))
    return page.evaluate(NOTICES)


def _until(is_so):
    ends_at = time.monotonic() + WITHIN_S
    while not is_so():
        if time.monotonic() > ends_at:
            raise TimeoutError


def serve(port):
    words = [sys.executable, "-m", "django", "runserver", f"127.0.0.1:{port}", "--noreload", "--insecure"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own server

    def answers():
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/akun/login/", timeout=WITHIN_S).close()
        except (urllib.error.URLError, ConnectionError):
            return time.sleep(0.1)
        return True

    _until(answers)
    return server


def main(executable):
    os.environ["DJANGO_SETTINGS_MODULE"] = "kentongan.config.settings_test"
    os.environ["KENTONGAN_PUSH_CONTACT"] = "mailto:admin@kentongan.test"
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    prepare()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = serve(port)
    try:
        told = browse(executable, port)
    finally:
        server.terminate()
        server.wait()
    return told | {"subscriptions": subscriptions()}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))  # noqa: T201 - the answer
