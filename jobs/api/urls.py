"""The paths of this room, from the root, without trailing slashes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
