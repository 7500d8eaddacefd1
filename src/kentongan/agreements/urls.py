"""Addresses of the gate: instruments, what one sees and why, looks in need."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
