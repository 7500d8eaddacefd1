from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "kentongan.demonstration"
    label = "demonstration"
