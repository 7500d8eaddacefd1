"""Addresses of this room."""

from django.urls import path

from . import desk_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("meja/", desk_views.duty_desk, name="duty_desk"),
    path("meja/antrean/", desk_views.desk_queue, name="desk_queue"),
    path("meja/kini/", desk_views.desk_mark, name="desk_mark"),
    path("tujuan/", views.purpose, name="purpose"),
    path("tak-terlihat/<slug:what>/", views.unseen, name="unseen"),
    path("wilayah/<str:code>/", views.place_detail, name="place_detail"),
]
