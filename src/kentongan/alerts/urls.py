"""Addresses of this room."""

from django.urls import path

from . import ack_views, desk_views, duty_views, outcome_views, policy_views, print_views, views
from .cap import views as cap_views

urlpatterns = [
    path("peringatan/", views.alert_list, name="alert_list"),
    path("peringatan/baru/", views.alert_new, name="alert_new"),
    path("peringatan/hasil/", outcome_views.outcome_table, name="outcome_table"),
    path("peringatan/hasil/csv/", outcome_views.outcome_export, name="outcome_export"),
    path("peringatan/kebijakan/", policy_views.ladder_policy, name="ladder_policy"),
    path("peringatan/kebijakan/langkah/", policy_views.ladder_change, name="ladder_change"),
    path("peringatan/kebijakan/jam/", policy_views.office_hours, name="office_hours"),
    path("peringatan/<uuid:pk>/", views.alert_detail, name="alert_detail"),
    path("peringatan/<uuid:pk>/nota-dinas/", print_views.service_note, name="service_note"),
    path("peringatan/<uuid:pk>/terima/", views.alert_acknowledge, name="alert_acknowledge"),
    path("peringatan/<uuid:pk>/verifikasi/", views.alert_verify, name="alert_verify"),
    path("peringatan/<uuid:pk>/tutup/", views.alert_close, name="alert_close"),
    path("peringatan/<uuid:pk>/tunda/", views.alert_snooze, name="alert_snooze"),
    path("peringatan/<uuid:pk>/cap/<str:step>.xml", cap_views.cap_download, name="cap_download"),
    path("laporan/cap/", cap_views.cap_receive, name="cap_receive"),
    path("cap/umpan.xml", cap_views.cap_feed, name="cap_feed"),
    path("cap/<uuid:pk>/<str:step>.xml", cap_views.cap_message, name="cap_message"),
    path("peringatan/<uuid:pk>/tugaskan/", desk_views.alert_assign, name="alert_assign"),
    path("peringatan/<uuid:pk>/naikkan/", desk_views.alert_escalate, name="alert_escalate"),
    path("peringatan/<uuid:pk>/tanya/", desk_views.alert_ask, name="alert_ask"),
    path("peringatan/<uuid:pk>/gabung/", desk_views.alert_merge, name="alert_merge"),
    path("peringatan/<uuid:pk>/kini/", desk_views.alert_mark, name="alert_mark"),
    path("kabar/<uuid:pk>/", desk_views.reporter_word, name="reporter_word"),
    path("piket/", duty_views.duty_list, name="duty_list"),
    path("piket/rencana/", duty_views.duty_plan, name="duty_plan"),
    path("piket/<uuid:pk>/berita-acara/", print_views.duty_minutes, name="duty_minutes"),
    path("piket/<uuid:pk>/serah/", duty_views.duty_hand_over, name="duty_hand_over"),
    path("piket/<uuid:pk>/batal/", duty_views.duty_cancel, name="duty_cancel"),
    path("t/<str:token>/", ack_views.ack_link, name="ack_link"),
]
