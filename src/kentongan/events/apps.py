from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "kentongan.events"
    label = "events"
