from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "kentongan.agencies"
    label = "agencies"
