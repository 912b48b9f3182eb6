"""Shapes that several rooms take."""

from typing import Any

from rest_framework import serializers


class WhyIn(serializers.Serializer[Any]):
    """A reason for the ledger."""

    why = serializers.CharField(required=False, default="asked for", max_length=500)
