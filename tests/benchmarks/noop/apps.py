from django.apps import AppConfig


class NoopConfig(AppConfig):
    name = "tests.benchmarks.noop"
    label = "noop"
