from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kentongan.audit"
    label = "audit"
