from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.watched_event_out import WatchedEventOut


T = TypeVar("T", bound="WatchedLedgerOut")


@_attrs_define
class WatchedLedgerOut:
    """The ledger, in short.

    Attributes:
        total (int): As in `GET /debug/ledger/recent`.
        errors_last_hour (int):
        errors_last_day (int):
        last_event (None | WatchedEventOut):
    """

    total: int
    errors_last_hour: int
    errors_last_day: int
    last_event: None | WatchedEventOut
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.watched_event_out import WatchedEventOut  # noqa: PLC0415

        total = self.total

        errors_last_hour = self.errors_last_hour

        errors_last_day = self.errors_last_day

        last_event: dict[str, Any] | None
        if isinstance(self.last_event, WatchedEventOut):
            last_event = self.last_event.to_dict()
        else:
            last_event = self.last_event

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "total": total,
                "errors_last_hour": errors_last_hour,
                "errors_last_day": errors_last_day,
                "last_event": last_event,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.watched_event_out import WatchedEventOut  # noqa: PLC0415

        d = dict(src_dict)
        total = d.pop("total")

        errors_last_hour = d.pop("errors_last_hour")

        errors_last_day = d.pop("errors_last_day")

        def _parse_last_event(data: object) -> None | WatchedEventOut:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                last_event_type_0 = WatchedEventOut.from_dict(data)

                return last_event_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | WatchedEventOut, data)

        last_event = _parse_last_event(d.pop("last_event"))

        watched_ledger_out = cls(
            total=total,
            errors_last_hour=errors_last_hour,
            errors_last_day=errors_last_day,
            last_event=last_event,
        )

        watched_ledger_out.additional_properties = d
        return watched_ledger_out

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
