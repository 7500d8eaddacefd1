"""An OpenID Connect provider of its own process: discovery, authorisation code with PKCE, signed ID tokens, userinfo.

Run as `python outside_provider.py FOLDER CLIENT_ID SECRET REDIRECT_URI`; it prints the port on which it listens.
"""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse, JsonResponse

PEOPLE = {
    "maria": {
        "email": "maria@contoh.go.id",
        "verified": True,
        "says": {"amr": ["pwd", "otp"], "acr": "urn:contoh:dua"},
    },
    "yosef": {"email": "yosef@contoh.go.id", "verified": False, "says": {"amr": ["pwd"], "acr": "urn:contoh:satu"}},
}
STATE = {"shows_another_key": False}


def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def configure(folder: Path) -> None:
    settings.configure(
        SECRET_KEY="only-for-this-process",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}],
        USE_TZ=True,
        IDP_OIDC_ADAPTER=f"{__name__}.Adapter",
        IDP_OIDC_PRIVATE_KEY=private_key(),
    )
    django.setup()


def fill(client_id: str, secret: str, redirect_uri: str) -> None:
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User

    for name, person in PEOPLE.items():
        user = User.objects.create_user(name)
        EmailAddress.objects.create(user=user, email=person["email"], verified=person["verified"], primary=True)
    client = Client(id=client_id, name="Kentongan", skip_consent=True, redirect_uris=redirect_uri)
    client.set_scopes(["openid", "profile", "email"])
    client.set_secret(secret)
    client.save()


def sign_in(request, name):
    """The person signs in at the provider: how is the provider's own business."""
    from django.contrib.auth import login
    from django.contrib.auth.models import User

    login(request, User.objects.get(username=name))
    return HttpResponse("masuk")


def show_another_key(_request, is_other):
    STATE["shows_another_key"] = is_other == "ya"
    return HttpResponse("kunci")


def jwks(request):
    """The provider's keys; after `show_another_key`, one that has signed nothing, under the same name."""
    from allauth.core.internal import jwkkit
    from allauth.idp.oidc.views import jwks as real

    answer = real(request)
    if not STATE["shows_another_key"]:
        return answer
    import json

    named = json.loads(answer.content)["keys"][0]["kid"]
    other, _key = jwkkit.load_jwk_from_pem(private_key())
    return JsonResponse({"keys": [{**other, "kid": named}]})


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments) -> None:
        """Say nothing: the port is all that is read."""


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(folder: str, client_id: str, secret: str, redirect_uri: str) -> None:
    configure(Path(folder))

    from allauth.idp.oidc.adapter import DefaultOIDCAdapter
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    class Adapter(DefaultOIDCAdapter):
        def get_claims(self, purpose, user, client, scopes, email=None, **kwargs):
            claims = super().get_claims(purpose, user, client, scopes, email=email, **kwargs)
            return {**claims, **PEOPLE[user.username]["says"]} if purpose == "id_token" else claims

    here = sys.modules[__name__]
    here.Adapter = Adapter
    here.urlpatterns = [
        path("masuk/<str:name>/", sign_in),
        path("kunci-lain/<str:is_other>/", show_another_key),
        path(".well-known/jwks.json", jwks),
        path("akun/", include("allauth.account.urls")),
        path("", include("allauth.idp.urls")),
    ]
    call_command("migrate", verbosity=0)
    fill(client_id, secret, redirect_uri)
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threaded, handler_class=Quiet)
    print(server.server_port, flush=True)  # noqa: T201 - whoever started it reads the port
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
