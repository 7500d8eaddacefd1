"""Addresses of this room."""

from django.urls import path

from . import views

urlpatterns = [
    path("pemantauan/", views.watch_list, name="watch_list"),
    path("pemantauan/baru/", views.watch_new, name="watch_new"),
    path("pemantauan/jalankan/", views.watch_run, name="watch_run"),
    path("pemantauan/jalan/<uuid:pk>/", views.run_detail, name="run_detail"),
    path("temuan/", views.finding_list, name="finding_list"),
    path("temuan/<uuid:pk>/", views.finding_detail, name="finding_detail"),
    path("temuan/<uuid:pk>/kesampingkan/", views.finding_dismiss, name="finding_dismiss"),
]
