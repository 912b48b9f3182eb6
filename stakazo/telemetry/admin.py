"""The history of the gauges: look and filter."""

from django.contrib import admin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from stakazo.core.admin import ReadOnlyAdmin
from stakazo.telemetry.models import TelemetryMetric


@admin.register(TelemetryMetric)
class TelemetryMetricAdmin(ReadOnlyAdmin):
    """Every gauge at every time it was recorded, newest first."""

    paginator = InfinitePaginator
    list_display = ["taken_at", "name", "label_words", "value"]
    list_filter = ["name", ("taken_at", RangeDateTimeFilter)]
    search_fields = ["name"]

    @display(description="Of")
    def label_words(self, metric: TelemetryMetric) -> str:
        """The labels, readable."""
        return ", ".join(f"{name} {value}" for name, value in metric.labels.items()) or "–"
