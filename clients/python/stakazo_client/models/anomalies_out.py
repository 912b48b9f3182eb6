from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.anomaly_out import AnomalyOut


T = TypeVar("T", bound="AnomaliesOut")


@_attrs_define
class AnomaliesOut:
    """A list, and when it was last counted.

    Attributes:
        results (list[AnomalyOut]):
        counted_until (datetime.datetime | None): When events were last taken in; null: never yet.
    """

    results: list[AnomalyOut]
    counted_until: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        counted_until: None | str
        if isinstance(self.counted_until, datetime.datetime):
            counted_until = self.counted_until.isoformat()
        else:
            counted_until = self.counted_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "results": results,
                "counted_until": counted_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.anomaly_out import AnomalyOut  # noqa: PLC0415

        d = dict(src_dict)
        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = AnomalyOut.from_dict(results_item_data)

            results.append(results_item)

        def _parse_counted_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                counted_until_type_0 = datetime.datetime.fromisoformat(data)

                return counted_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        counted_until = _parse_counted_until(d.pop("counted_until"))

        anomalies_out = cls(
            results=results,
            counted_until=counted_until,
        )

        anomalies_out.additional_properties = d
        return anomalies_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
