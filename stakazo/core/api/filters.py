"""What filters of lists share."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField


class _TimeField(IsoDateTimeField):  # type: ignore[misc]  # django-filter has no stubs
    """A time that can be said in UTC; 9999-12-31 west of Greenwich cannot."""

    def clean(self, value: Any) -> datetime | None:
        """The time in UTC, None for none. Raises ValidationError."""
        try:
            moment: datetime | None = super().clean(value)
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class TimeFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]  # django-filter has no stubs
    """By an ISO 8601 time."""

    field_class = _TimeField
