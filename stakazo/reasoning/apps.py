from django.apps import AppConfig


class ReasoningConfig(AppConfig):
    name = "stakazo.reasoning"
    label = "reasoning"
    verbose_name = "Reasoning"
