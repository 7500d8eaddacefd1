"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("tujuan/", views.purpose, name="purpose"),
    path("tak-terlihat/<slug:what>/", views.unseen, name="unseen"),
    path("wilayah/<str:code>/", views.place_detail, name="place_detail"),
]
