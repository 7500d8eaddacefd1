"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("tujuan/", views.purpose, name="purpose"),
]
