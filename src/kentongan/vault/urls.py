"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("brankas/", views.identity_list, name="identity_list"),
    path("brankas/<uuid:pk>/", views.identity_detail, name="identity_detail"),
    path("brankas/<uuid:pk>/buka/", views.identity_open, name="identity_open"),
    path("brankas/<uuid:pk>/perbaiki/", views.identity_correct, name="identity_correct"),
    path("brankas/<uuid:pk>/persetujuan/", views.consent_record, name="consent_record"),
    path("brankas/<uuid:pk>/persetujuan/tarik/", views.consent_withdraw, name="consent_withdraw"),
    path("brankas/<uuid:pk>/hapus/", views.identity_erase, name="identity_erase"),
]
