from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "kentongan.places"
    label = "places"
