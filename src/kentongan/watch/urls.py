"""Addresses of this room."""

from django.urls import path

from . import threshold_views, views

urlpatterns = [
    path("pemantauan/", views.watch_list, name="watch_list"),
    path("pemantauan/baru/", views.watch_new, name="watch_new"),
    path("pemantauan/jalankan/", views.watch_run, name="watch_run"),
    path("pemantauan/<uuid:pk>/hentikan/", views.watch_stop, name="watch_stop"),
    path("pemantauan/<uuid:pk>/ambang/", threshold_views.watch_thresholds, name="watch_thresholds"),
    path("pemantauan/<uuid:pk>/ambang/usulkan/", threshold_views.threshold_propose, name="threshold_propose"),
    path("pemantauan/<uuid:pk>/ambang/ratakan/", threshold_views.threshold_return, name="threshold_return"),
    path("pemantauan/usulan/<uuid:pk>/terima/", threshold_views.threshold_accept, name="threshold_accept"),
    path("pemantauan/usulan/<uuid:pk>/tolak/", threshold_views.threshold_refuse, name="threshold_refuse"),
    path("pemantauan/jalan/<uuid:pk>/", views.run_detail, name="run_detail"),
    path("temuan/", views.finding_list, name="finding_list"),
    path("temuan/<uuid:pk>/", views.finding_detail, name="finding_detail"),
    path("temuan/<uuid:pk>/kesampingkan/", views.finding_dismiss, name="finding_dismiss"),
]
