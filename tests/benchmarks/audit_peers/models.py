# ruff: noqa: DJ008  nobody looks at these rows
"""One model as it is, and one that the chosen library audits. PEER: which."""

import os
import uuid

from django.db import models


class Shape(models.Model):
    """Columns such as a campaign has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    goal = models.CharField(max_length=12, default="reach")
    status = models.CharField(max_length=12, default="draft")
    platforms = models.JSONField(default=list)
    budget_minor = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Plain(Shape):
    """Nobody watches it."""


if os.environ["PEER"] == "simple_history":
    from simple_history.models import HistoricalRecords

    class Watched(Shape):
        """django-simple-history."""

        history = HistoricalRecords(user_db_constraint=False)

elif os.environ["PEER"] == "pghistory":
    import pghistory

    @pghistory.track()
    class Watched(Shape):
        """django-pghistory."""

else:
    from auditlog.registry import auditlog

    class Watched(Shape):
        """django-auditlog."""

    auditlog.register(Watched)
