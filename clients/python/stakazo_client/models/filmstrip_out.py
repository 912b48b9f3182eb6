from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="FilmstripOut")


@_attrs_define
class FilmstripOut:
    """A sheet of small pictures of a video, left to right, top to bottom; a time for each.

    Attributes:
        jpeg_url (None | str):
        webp_url (None | str):
        width_px (int):
        height_px (int):
        tile_width_px (int):
        tile_height_px (int):
        columns (int): Tiles in a row.
        times_ms (list[int]): When each tile is from; not quite even.
    """

    jpeg_url: None | str
    webp_url: None | str
    width_px: int
    height_px: int
    tile_width_px: int
    tile_height_px: int
    columns: int
    times_ms: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        jpeg_url: None | str
        jpeg_url = self.jpeg_url

        webp_url: None | str
        webp_url = self.webp_url

        width_px = self.width_px

        height_px = self.height_px

        tile_width_px = self.tile_width_px

        tile_height_px = self.tile_height_px

        columns = self.columns

        times_ms = self.times_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "jpeg_url": jpeg_url,
                "webp_url": webp_url,
                "width_px": width_px,
                "height_px": height_px,
                "tile_width_px": tile_width_px,
                "tile_height_px": tile_height_px,
                "columns": columns,
                "times_ms": times_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_jpeg_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        jpeg_url = _parse_jpeg_url(d.pop("jpeg_url"))

        def _parse_webp_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        webp_url = _parse_webp_url(d.pop("webp_url"))

        width_px = d.pop("width_px")

        height_px = d.pop("height_px")

        tile_width_px = d.pop("tile_width_px")

        tile_height_px = d.pop("tile_height_px")

        columns = d.pop("columns")

        times_ms = cast(list[int], d.pop("times_ms"))

        filmstrip_out = cls(
            jpeg_url=jpeg_url,
            webp_url=webp_url,
            width_px=width_px,
            height_px=height_px,
            tile_width_px=tile_width_px,
            tile_height_px=tile_height_px,
            columns=columns,
            times_ms=times_ms,
        )

        filmstrip_out.additional_properties = d
        return filmstrip_out

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
