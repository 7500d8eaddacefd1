"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("wilayah/", views.place_search, name="place_search"),
]
