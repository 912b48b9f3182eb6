"""Videos, clips and variants for operators, a file each."""

from media_assets.admin.clips import ClipAdmin
from media_assets.admin.variants import ClipVariantAdmin
from media_assets.admin.videos import VideoAssetAdmin

__all__ = ["ClipAdmin", "ClipVariantAdmin", "VideoAssetAdmin"]
