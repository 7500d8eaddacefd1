from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "kentongan.vault"
    label = "vault"
