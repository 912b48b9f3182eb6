"""The shapes of the alert endpoints."""

from typing import Any

from rest_framework import serializers

from stakazo.alerts.models import Alert


class AlertOut(serializers.ModelSerializer[Alert]):
    """Something that somebody should look at."""

    class Meta:
        model = Alert
        fields = [
            "id",
            "rule",
            "severity",
            "title",
            "message",
            "entity_type",
            "entity_id",
            "status",
            "count",
            "first_seen",
            "last_seen",
            "read_at",
            "acknowledged_at",
            "resolved_at",
        ]
        read_only_fields = fields


class AlertIn(serializers.Serializer[dict[str, Any]]):
    """An alert that a person opens."""

    title = serializers.CharField(max_length=200)
    message = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)
    severity = serializers.ChoiceField(choices=Alert.Severity.choices, default=Alert.Severity.WARN)
    entity_type = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    entity_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)


class AlertWhyIn(serializers.Serializer[dict[str, Any]]):
    """Why."""

    why = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
