from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.captions_source_enum import CaptionsSourceEnum, check_captions_source_enum

T = TypeVar("T", bound="CaptionsOut")


@_attrs_define
class CaptionsOut:
    """Captions of a video. notes: what was mended or left out when they came.

    Attributes:
        id (UUID):
        url (str):
        video_asset (UUID):
        name (str):
        language (str): Such as en or pt-BR; und: unknown.
        source (CaptionsSourceEnum): * `uploaded` - Uploaded
            * `transcribed` - Transcribed
        original_filename (str):
        cue_count (int):
        end_ms (int): When the last cue ends.
        notes (list[str]):
        sha256 (str):
        created_at (datetime.datetime):
        vtt_url (str):
    """

    id: UUID
    url: str
    video_asset: UUID
    name: str
    language: str
    source: CaptionsSourceEnum
    original_filename: str
    cue_count: int
    end_ms: int
    notes: list[str]
    sha256: str
    created_at: datetime.datetime
    vtt_url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        video_asset = str(self.video_asset)

        name = self.name

        language = self.language

        source: str = self.source

        original_filename = self.original_filename

        cue_count = self.cue_count

        end_ms = self.end_ms

        notes = self.notes

        sha256 = self.sha256

        created_at = self.created_at.isoformat()

        vtt_url = self.vtt_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "video_asset": video_asset,
                "name": name,
                "language": language,
                "source": source,
                "original_filename": original_filename,
                "cue_count": cue_count,
                "end_ms": end_ms,
                "notes": notes,
                "sha256": sha256,
                "created_at": created_at,
                "vtt_url": vtt_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        video_asset = UUID(d.pop("video_asset"))

        name = d.pop("name")

        language = d.pop("language")

        source = check_captions_source_enum(d.pop("source"))

        original_filename = d.pop("original_filename")

        cue_count = d.pop("cue_count")

        end_ms = d.pop("end_ms")

        notes = cast(list[str], d.pop("notes"))

        sha256 = d.pop("sha256")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        vtt_url = d.pop("vtt_url")

        captions_out = cls(
            id=id,
            url=url,
            video_asset=video_asset,
            name=name,
            language=language,
            source=source,
            original_filename=original_filename,
            cue_count=cue_count,
            end_ms=end_ms,
            notes=notes,
            sha256=sha256,
            created_at=created_at,
            vtt_url=vtt_url,
        )

        captions_out.additional_properties = d
        return captions_out

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
