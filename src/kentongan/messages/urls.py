"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from . import admin_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("pemberitahuan/", views.notice_list, name="notice_list"),
    path("pemberitahuan/jumlah/", views.notice_count, name="notice_count"),
    path("pemberitahuan/dibaca/", views.notice_read_all, name="notice_read_all"),
    path("pemberitahuan/<uuid:pk>/buka/", views.notice_open, name="notice_open"),
    path("pemberitahuan/saluran/", views.notice_channels, name="notice_channels"),
    path("pemberitahuan/saluran/jam-tenang/", views.quiet_hours, name="quiet_hours"),
    path("pemberitahuan/saluran/peramban/", views.browser_subscribe, name="browser_subscribe"),
    path("pemberitahuan/saluran/peramban/<int:pk>/lepas/", views.browser_unsubscribe, name="browser_unsubscribe"),
    path("pemberitahuan/saluran/<slug:channel>/", views.channel_address, name="channel_address"),
    path("pemberitahuan/saluran/<slug:channel>/kode/", views.channel_code, name="channel_code"),
    path("pemberitahuan/saluran/<slug:channel>/sakelar/", views.channel_switch, name="channel_switch"),
    path("pemberitahuan/saluran/<slug:channel>/hapus/", views.channel_remove, name="channel_remove"),
    path("pesan/keluar/", admin_views.outgoing_list, name="outgoing_list"),
    path("pesan/keluar/<uuid:pk>/ulang/", admin_views.outgoing_retry, name="outgoing_retry"),
    path("pesan/webhook/", admin_views.webhook_list, name="webhook_list"),
    path("pesan/webhook/<uuid:pk>/rahasia/", admin_views.webhook_secret, name="webhook_secret"),
    path("pesan/webhook/<uuid:pk>/sakelar/", admin_views.webhook_switch, name="webhook_switch"),
    path("pesan/webhook/<uuid:pk>/uji/", admin_views.webhook_test, name="webhook_test"),
    path("pesan/gerbang/<slug:channel>/<slug:what>/", views.gateway_report, name="gateway_report"),
]
