"""Addresses of this room."""

from django.urls import path

from . import views, vulnerability_views

urlpatterns = [
    path("peta/kejadian.geojson", views.events, name="map_events"),
    path("peta/operasi.geojson", views.operations, name="map_operations"),
    path("peta/temuan.geojson", views.findings, name="map_findings"),
    path("peta/pos.geojson", views.posts, name="map_posts"),
    path("peta/batas.geojson", views.border, name="map_border"),
    path("peta/daratan.geojson", views.land, name="map_land"),
    path("peta/munisipio.geojson", views.municipalities, name="map_municipalities"),
    path("peta/desa/<int:z>/<int:x>/<int:y>.mvt", views.villages, name="map_villages"),
    path("peta/desa-binaan.geojson", views.partners, name="map_partners"),
    path("peta/jalur.geojson", views.corridors, name="map_corridors"),
    path("peta/kerawanan/", vulnerability_views.vulnerability_map, name="vulnerability_map"),
    path("peta/kerawanan/lapis.geojson", vulnerability_views.vulnerability_layer, name="map_vulnerability"),
    path("peta/kerawanan/unduh.geojson", vulnerability_views.vulnerability_export, name="map_vulnerability_export"),
]
