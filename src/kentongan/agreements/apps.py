from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "kentongan.agreements"
    label = "agreements"
