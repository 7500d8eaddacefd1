"""Every address of the installation."""

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from .api import api

urlpatterns = [
    path("bahasa/", set_language, name="set_language"),
    path("akun/password/change/", RedirectView.as_view(pattern_name="password_change")),
    path("akun/password/reset/", RedirectView.as_view(pattern_name="account_login")),  # administrators reset passwords
    path("akun/email/", RedirectView.as_view(pattern_name="home")),
    path("akun/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
for room in ("web", "maps", "alerts", "watch", "events", "intake", "agencies", "places"):
    urlpatterns.append(path("", include(f"kentongan.{room}.urls")))
