"""What views share."""

from typing import Any

from rest_framework import serializers


def validated(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """The data, checked for shape. Raises DRF's ValidationError, which answers 400."""
    checked = serializer(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)
