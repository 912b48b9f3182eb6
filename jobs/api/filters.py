"""Which jobs a list shows."""

from django_filters import rest_framework as filters

from jobs.models import Job
from stakazo.core.api.filters import TimeFilter


class JobFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no stubs
    """By status (one or several), type, queue, correlation, cause, batch and time of creation."""

    status = filters.MultipleChoiceFilter(choices=Job.Status.choices, help_text="May be repeated.")
    since = TimeFilter(
        field_name="created_at", lookup_expr="gte", help_text="Created at or after this time."
    )

    class Meta:
        model = Job
        fields = ["status", "job_type", "queue", "correlation_id", "error_group", "batch", "since"]
