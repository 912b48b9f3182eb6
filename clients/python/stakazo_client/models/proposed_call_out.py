from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proposed_call_out_body_type_0 import ProposedCallOutBodyType0


T = TypeVar("T", bound="ProposedCallOut")


@_attrs_define
class ProposedCallOut:
    """A request of this API that carries out a part of an action.

    Attributes:
        method (str):
        path (str):
        body (None | ProposedCallOutBodyType0):
    """

    method: str
    path: str
    body: None | ProposedCallOutBodyType0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.proposed_call_out_body_type_0 import ProposedCallOutBodyType0  # noqa: PLC0415

        method = self.method

        path = self.path

        body: dict[str, Any] | None
        if isinstance(self.body, ProposedCallOutBodyType0):
            body = self.body.to_dict()
        else:
            body = self.body

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "method": method,
                "path": path,
                "body": body,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.proposed_call_out_body_type_0 import ProposedCallOutBodyType0  # noqa: PLC0415

        d = dict(src_dict)
        method = d.pop("method")

        path = d.pop("path")

        def _parse_body(data: object) -> None | ProposedCallOutBodyType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                body_type_0 = ProposedCallOutBodyType0.from_dict(data)

                return body_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProposedCallOutBodyType0, data)

        body = _parse_body(d.pop("body"))

        proposed_call_out = cls(
            method=method,
            path=path,
            body=body,
        )

        proposed_call_out.additional_properties = d
        return proposed_call_out

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
