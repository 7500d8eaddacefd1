from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "kentongan.messages"
    label = "notices"  # "messages" is Django's own
