"""Addresses of this room."""

from django.urls import path

from . import views, visit_views

urlpatterns = [
    path("program/", views.partner_list, name="partner_list"),
    path("program/atur/", views.partner_pace, name="partner_pace"),
    path("program/desa/baru/", views.partner_new, name="partner_new"),
    path("program/desa/<str:code>/", views.partner_detail, name="partner_detail"),
    path("program/desa/<str:code>/data/", views.partner_describe, name="partner_describe"),
    path("program/desa/<str:code>/keadaan/", views.partner_status, name="partner_status"),
    path("program/desa/<str:code>/petugas/", views.partner_officer, name="partner_officer"),
    path("program/desa/<str:code>/petugas/<uuid:pk>/selesai/", views.partner_officer_end, name="partner_officer_end"),
    path("program/kunjungan/rencana/", visit_views.visit_new, name="visit_new"),
    path("program/kunjungan/catat/", visit_views.visit_unplanned, name="visit_unplanned"),
    path("program/kunjungan/<uuid:pk>/", visit_views.visit_detail, name="visit_detail"),
    path("program/kunjungan/<uuid:pk>/catat/", visit_views.visit_record, name="visit_record"),
    path("program/kunjungan/<uuid:pk>/batal/", visit_views.visit_cancel, name="visit_cancel"),
    path("program/bulan/", visit_views.month_now, name="programme_now"),
    path("program/bulan/<str:code>/", visit_views.month_page, name="programme_month"),
]
