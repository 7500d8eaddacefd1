from django.apps import AppConfig


class VocabularyConfig(AppConfig):
    name = "kentongan.vocabulary"
    label = "vocabulary"
