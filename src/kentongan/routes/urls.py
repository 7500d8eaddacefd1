"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("jalur/", views.route_list, name="route_list"),
    path("jalur/koridor/baru/", views.corridor_new, name="corridor_new"),
    path("jalur/koridor/<uuid:pk>/", views.corridor_detail, name="corridor_detail"),
    path("jalur/koridor/<uuid:pk>/pantau/", views.corridor_watch, name="corridor_watch"),
    path("jalur/koridor/<uuid:pk>/akhiri/", views.corridor_end, name="corridor_end"),
]
