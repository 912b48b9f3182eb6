"""The paths of this room, from the root."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
