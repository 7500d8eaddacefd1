from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "kentongan.maps"
    label = "maps"
