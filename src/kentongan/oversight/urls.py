"""Addresses of this room."""

from django.urls import path

from . import request_views, retention_views, views

urlpatterns = [
    path("pengawasan/", views.trail_list, name="trail_list"),
    path("pengawasan/unduh/", views.trail_export, name="trail_export"),
    path("pengawasan/jejak/<int:pk>/", views.trail_row, name="trail_row"),
    path("pengawasan/jejak/<int:pk>/bukti/", views.trail_proof, name="trail_proof"),
    path("pengawasan/kepala/", views.trail_heads, name="trail_heads"),
    path("pengawasan/kepala/unduh/", views.trail_heads_export, name="trail_heads_export"),
    path("pengawasan/kejanggalan/", views.use_list, name="use_list"),
    path("pengawasan/kejanggalan/<slug:hint>/", views.use_detail, name="use_detail"),
    path("pengawasan/pencari/", views.searcher_list, name="searcher_list"),
    path("permintaan/", request_views.request_list, name="request_list"),
    path("permintaan/baru/", request_views.request_new, name="request_new"),
    path("permintaan/<uuid:pk>/", request_views.request_detail, name="request_detail"),
    path("permintaan/<uuid:pk>/jawab/<int:part>/", request_views.request_answer, name="request_answer"),
    path("permintaan/<uuid:pk>/serahkan/", request_views.request_release, name="request_release"),
    path("permintaan/<uuid:pk>/tarik/", request_views.request_withdraw, name="request_withdraw"),
    path("permintaan/<uuid:pk>/berkas/", request_views.request_file, name="request_file"),
    path("retensi/", retention_views.retention_page, name="retention"),
    path("retensi/tahan/", retention_views.hold_new, name="hold_new"),
    path("retensi/tahan/<uuid:pk>/tinjau/", retention_views.hold_review, name="hold_review"),
    path("retensi/tahan/<uuid:pk>/akhiri/", retention_views.hold_lift, name="hold_lift"),
]
