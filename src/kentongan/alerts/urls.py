"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("peringatan/", views.alert_list, name="alert_list"),
    path("peringatan/baru/", views.alert_new, name="alert_new"),
    path("peringatan/<uuid:pk>/", views.alert_detail, name="alert_detail"),
    path("peringatan/<uuid:pk>/terima/", views.alert_acknowledge, name="alert_acknowledge"),
    path("peringatan/<uuid:pk>/verifikasi/", views.alert_verify, name="alert_verify"),
    path("peringatan/<uuid:pk>/tutup/", views.alert_close, name="alert_close"),
]
