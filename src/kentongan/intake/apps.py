from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "kentongan.intake"
    label = "intake"
