"""Addresses of the plan of a month and of the programme's measure."""

from django.urls import path

from . import measure_views, planning_views

PLANNING_URLS = [
    path("program/rencana/", planning_views.plan_list, name="plan_list"),
    path("program/rencana/baru/", planning_views.plan_new, name="plan_new"),
    path("program/rencana/<uuid:pk>/", planning_views.plan_detail, name="plan_detail"),
    path("program/rencana/<uuid:pk>/tambah/", planning_views.plan_add, name="plan_add"),
    path("program/rencana/<uuid:pk>/ajukan/", planning_views.plan_propose, name="plan_propose"),
    path("program/rencana/<uuid:pk>/setujui/", planning_views.plan_approve, name="plan_approve"),
    path("program/rencana/<uuid:pk>/tarik/", planning_views.plan_withdraw, name="plan_withdraw"),
    path("program/rencana/baris/<int:pk>/", planning_views.plan_line, name="plan_line"),
    path("program/ukuran/", measure_views.measure_page, name="programme_measure"),
]
