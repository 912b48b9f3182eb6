"""Which jobs the list shows."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from jobs.models import Job
from jobs.queries import jobs_failing


class LifeFilter(admin.SimpleListFilter):
    """Live, in trouble, or ended."""

    title = "Life"
    parameter_name = "life"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("live", "Waiting or running"), ("trouble", "Failed or dead"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """The jobs of the choice."""
        match self.value():
            case "live":
                return queryset.filter(status__in=Job.LIVE)
            case "trouble":
                return queryset.filter(status__in=[Job.Status.FAILED, Job.Status.DEAD])
            case "ended":
                return queryset.exclude(status__in=Job.LIVE)
        return queryset


class _GivenFilter(admin.SimpleListFilter):
    """What a link of another page asks for; the only choice beside it is to let go of it."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What was asked for."""
        asked = request.GET.get(str(self.parameter_name), "")[:64]
        return [(asked, f"…{asked[-6:]}")] if asked else []


class CauseFilter(_GivenFilter):
    """Failures of one cause, as the page of failures counts them."""

    title = "Cause"
    parameter_name = "cause"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those that stand."""
        cause = self.value()
        return queryset.filter(pk__in=jobs_failing(cause).values("pk")) if cause else queryset


class BatchFilter(_GivenFilter):
    """Jobs of one batch."""

    title = "Batch"
    parameter_name = "of_batch"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Its jobs; none for what is no batch."""
        if not (asked := self.value()):
            return queryset
        try:
            return queryset.filter(batch_id=uuid.UUID(asked))
        except ValueError:
            return queryset.none()
