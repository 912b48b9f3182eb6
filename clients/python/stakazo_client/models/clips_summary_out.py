from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.clips_summary_out_variants import ClipsSummaryOutVariants
    from ..models.clips_summary_out_videos import ClipsSummaryOutVideos


T = TypeVar("T", bound="ClipsSummaryOut")


@_attrs_define
class ClipsSummaryOut:
    """Clips, in short.

    Attributes:
        videos (ClipsSummaryOutVideos): By status.
        clips_ready (int):
        clips_published (int):
        clips_archived (int):
        variants (ClipsSummaryOutVariants): By format.
        clips (int): In all.
    """

    videos: ClipsSummaryOutVideos
    clips_ready: int
    clips_published: int
    clips_archived: int
    variants: ClipsSummaryOutVariants
    clips: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        videos = self.videos.to_dict()

        clips_ready = self.clips_ready

        clips_published = self.clips_published

        clips_archived = self.clips_archived

        variants = self.variants.to_dict()

        clips = self.clips

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "videos": videos,
                "clips_ready": clips_ready,
                "clips_published": clips_published,
                "clips_archived": clips_archived,
                "variants": variants,
                "clips": clips,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.clips_summary_out_variants import ClipsSummaryOutVariants  # noqa: PLC0415
        from ..models.clips_summary_out_videos import ClipsSummaryOutVideos  # noqa: PLC0415

        d = dict(src_dict)
        videos = ClipsSummaryOutVideos.from_dict(d.pop("videos"))

        clips_ready = d.pop("clips_ready")

        clips_published = d.pop("clips_published")

        clips_archived = d.pop("clips_archived")

        variants = ClipsSummaryOutVariants.from_dict(d.pop("variants"))

        clips = d.pop("clips")

        clips_summary_out = cls(
            videos=videos,
            clips_ready=clips_ready,
            clips_published=clips_published,
            clips_archived=clips_archived,
            variants=variants,
            clips=clips,
        )

        clips_summary_out.additional_properties = d
        return clips_summary_out

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
