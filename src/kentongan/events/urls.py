"""Addresses of this room."""

from django.urls import path

from . import print_views, views

urlpatterns = [
    path("laporan/<uuid:pk>/", views.report_detail, name="report_detail"),
    path("laporan/<uuid:pk>/kejadian/", views.event_add, name="event_add"),
    path("kejadian/", views.event_list, name="event_list"),
    path("kejadian/<uuid:pk>/", views.event_detail, name="event_detail"),
    path("kejadian/<uuid:pk>/laporan-informasi/", print_views.information_report, name="information_report"),
    path("kejadian/<uuid:pk>/konfirmasi/", views.event_confirm, name="event_confirm"),
    path("kejadian/<uuid:pk>/perbaiki/", views.event_correct, name="event_correct"),
    path("kejadian/<uuid:pk>/kesampingkan/", views.event_dismiss, name="event_dismiss"),
    path("kejadian/<uuid:pk>/pisahkan/", views.event_split, name="event_split"),
    path("kejadian/<uuid:pk>/gabungkan/", views.event_merge, name="event_merge"),
    path("kejadian/<uuid:pk>/urungkan-gabungan/", views.merge_undo, name="merge_undo"),
    path("kejadian/<uuid:pk>/keraguan/", views.doubt_answer, name="doubt_answer"),
    path("kejadian/<uuid:pk>/klasifikasi/", views.event_classify, name="event_classify"),
    path("kejadian/<uuid:pk>/klasifikasi/cabut/", views.classification_withdraw, name="classification_withdraw"),
]
