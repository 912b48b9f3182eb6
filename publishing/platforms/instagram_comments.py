"""Instagram: the comments that an account writes under its own reels. A part of its client."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from publishing.errors import RefusedContent
from publishing.platforms.base import Comment
from publishing.platforms.error_table import Phase

_FIELDS = "id,text,timestamp,from,user"


class InstagramComments:
    """For the client, which knows the wire. Any: whatever JSON carries."""

    _id: str
    _get: Callable[..., dict[str, Any]]
    _post: Callable[..., dict[str, Any]]

    def comment(self, external_post_id: str, text: str) -> str:
        """Write a comment, once; its id."""
        made = self._post(
            f"/{external_post_id}/comments", {"message": text}, phase=Phase.COMMIT, needs="id"
        )
        return str(made["id"])

    def own_comments(self, external_post_id: str) -> list[Comment]:
        """What the account itself wrote there: only its own comments carry `user`."""
        found = self._get(f"/{external_post_id}/comments", fields=_FIELDS, limit="50")
        return [
            Comment(
                str(row["id"]),
                str(row.get("text", "")),
                datetime.fromisoformat(str(row["timestamp"])),
            )
            for row in found.get("data", [])
            if isinstance(row, dict) and self._is_ours(row)
        ]

    def _is_ours(self, row: dict[str, Any]) -> bool:
        author = row.get("from") or {}
        return bool(row.get("user")) or str(author.get("id", "")) == self._id

    def set_thumbnail(self, external_post_id: str, picture: bytes) -> None:
        """Refused: a reel's cover is chosen with its container."""
        raise RefusedContent("Instagram takes a cover with the post only.", platform="instagram")
