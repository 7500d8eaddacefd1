"""Every address of the installation."""

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from kentongan.agencies import own_views
from kentongan.agencies.doors import too_many
from kentongan.web import oidc, passkeys

from .api import api

handler429 = too_many

# What stands before `allauth.urls` replaces the library's page at the same address.
urlpatterns = [
    path("bahasa/", set_language, name="set_language"),
    path("akun/2fa/", own_views.account_security, name="mfa_index"),
    path("akun/2fa/webauthn/login/", passkeys.login, name="mfa_login_webauthn"),
    path("akun/oidc/oidc/login/", oidc.login, name="openid_connect_login"),
    path("akun/oidc/oidc/login/callback/", oidc.callback, name="openid_connect_callback"),
    path("akun/3rdparty/", RedirectView.as_view(pattern_name="mfa_index")),  # administrators link outside accounts
    path("akun/3rdparty/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("akun/password/change/", RedirectView.as_view(pattern_name="password_change")),
    path("akun/password/reset/", RedirectView.as_view(pattern_name="account_login")),  # administrators reset passwords
    path("akun/email/", RedirectView.as_view(pattern_name="home")),
    path("akun/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
for room in (
    "web",
    "maps",
    "briefings",
    "oversight",
    "linkage",
    "programme",
    "vulnerability",
    "routes",
    "cases",
    "alerts",
    "watch",
    "events",
    "intake",
    "vault",
    "agreements",
    "messages",
    "agencies",
    "places",
):
    urlpatterns.append(path("", include(f"kentongan.{room}.urls")))
