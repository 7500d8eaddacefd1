"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("kerawanan/desa/<str:code>/lembar.pdf", views.village_sheet_door, name="village_sheet_pdf"),
    path("kerawanan/tabel.xlsx", views.index_xlsx, name="index_xlsx"),
    path("kerawanan/tabel.csv", views.index_csv, name="index_csv"),
    path("program/desa.xlsx", views.partner_xlsx, name="partner_xlsx"),
    path("program/desa.csv", views.partner_csv, name="partner_csv"),
    path("program/laporan/", views.programme_report_list, name="programme_report_list"),
    path("program/laporan/<int:year>-tw<int:quarter>.pdf", views.programme_quarter_pdf, name="programme_quarter_pdf"),
    path("program/laporan/<str:code>.pdf", views.programme_month_pdf, name="programme_month_pdf"),
]
