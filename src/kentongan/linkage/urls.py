"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("penautan/", views.link_list, name="link_list"),
    path("penautan/jalankan/", views.linkage_run, name="linkage_run"),
    path("penautan/<uuid:pk>/", views.link_detail, name="link_detail"),
    path("penautan/<uuid:pk>/putusan/", views.link_decide, name="link_decide"),
    path("perkara/<uuid:pk>/jaringan/", views.case_network, name="case_network"),
    path("perkara/<uuid:pk>/followthemoney/", views.case_followthemoney, name="case_followthemoney"),
]
