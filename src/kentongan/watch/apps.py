from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "kentongan.watch"
    label = "watch"
