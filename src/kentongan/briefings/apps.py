from django.apps import AppConfig


class BriefingsConfig(AppConfig):
    name = "kentongan.briefings"
    default_auto_field = "django.db.models.BigAutoField"
