from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "kentongan.alerts"
    label = "alerts"
