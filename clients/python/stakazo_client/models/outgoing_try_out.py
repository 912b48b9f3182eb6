from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OutgoingTryOut")


@_attrs_define
class OutgoingTryOut:
    """One try.

    Attributes:
        number (int):
        at (datetime.datetime):
        took_ms (int):
        http_status (int | None):
        address (str): The IP address we spoke to.
        answer (str): The beginning of it.
        error (str):
    """

    number: int
    at: datetime.datetime
    took_ms: int
    http_status: int | None
    address: str
    answer: str
    error: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        at = self.at.isoformat()

        took_ms = self.took_ms

        http_status: int | None
        http_status = self.http_status

        address = self.address

        answer = self.answer

        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "at": at,
                "took_ms": took_ms,
                "http_status": http_status,
                "address": address,
                "answer": answer,
                "error": error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        took_ms = d.pop("took_ms")

        def _parse_http_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        http_status = _parse_http_status(d.pop("http_status"))

        address = d.pop("address")

        answer = d.pop("answer")

        error = d.pop("error")

        outgoing_try_out = cls(
            number=number,
            at=at,
            took_ms=took_ms,
            http_status=http_status,
            address=address,
            answer=answer,
            error=error,
        )

        outgoing_try_out.additional_properties = d
        return outgoing_try_out

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
