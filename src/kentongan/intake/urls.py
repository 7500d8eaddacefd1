"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("laporan/", views.report_list, name="report_list"),
    path("laporan/baru/", views.report_new, name="report_new"),
    path("laporan/lapangan/", views.report_field, name="report_field"),
    path("laporan/nihil/", views.report_nil, name="report_nil"),
    path("laporan/impor/", views.report_import, name="report_import"),
    path("laporan/impor/baris-salah/", views.report_import_bad, name="report_import_bad"),
]
