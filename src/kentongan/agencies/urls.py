"""Addresses of this room."""

from django.urls import path

from . import own_views, views

urlpatterns = [
    path("instansi/", views.agency_list, name="agency_list"),
    path("instansi/baru/", views.agency_new, name="agency_new"),
    path("instansi/impor/", views.agency_import, name="agency_import"),
    path("instansi/<slug:pk>/", views.agency_detail, name="agency_detail"),
    path("instansi/<slug:pk>/nama/", views.agency_rename, name="agency_rename"),
    path("instansi/<slug:pk>/tutup/", views.agency_close, name="agency_close"),
    path("instansi/<slug:pk>/jabatan/", views.agency_position, name="agency_position"),
    path("petugas/", views.officer_list, name="officer_list"),
    path("petugas/baru/", views.officer_new, name="officer_new"),
    path("petugas/impor/", views.officer_import, name="officer_import"),
    path("petugas/<uuid:pk>/", views.officer_detail, name="officer_detail"),
    path("petugas/<uuid:pk>/tugaskan/", views.officer_post, name="officer_post"),
    path("petugas/<uuid:pk>/berhenti/", views.officer_leave, name="officer_leave"),
    path("petugas/<uuid:pk>/cabut/", views.officer_revoke, name="officer_revoke"),
    path("petugas/<uuid:pk>/sandi/", views.officer_password, name="officer_password"),
    path("petugas/<uuid:pk>/sesi/", views.officer_sessions, name="officer_sessions"),
    path("petugas/<uuid:pk>/faktor-kedua/", views.officer_second_factor, name="officer_second_factor"),
    path("petugas/<uuid:pk>/akun-luar/", views.officer_identity, name="officer_identity"),
    path("petugas/<uuid:pk>/akun-luar/lepas/", views.officer_identity_unlink, name="officer_identity_unlink"),
    path("petugas/<uuid:pk>/kunci/<int:token>/cabut/", views.officer_token, name="officer_token"),
    path("akun-saya/sesi/", own_views.session_list, name="session_list"),
    path("akun-saya/sesi/akhiri-lainnya/", own_views.session_end_others, name="session_end_others"),
    path("akun-saya/sesi/<uuid:pk>/akhiri/", own_views.session_end, name="session_end"),
    path("akun-saya/sandi/", own_views.password_change, name="password_change"),
    path("akun-saya/kunci/", own_views.token_list, name="token_list"),
    path("akun-saya/kunci/<int:pk>/cabut/", own_views.token_revoke, name="token_revoke"),
]
