"""Where a post can go, each with its schema: the whole cast in view."""

from publishing.preflight.destinations.instagram import REEL
from publishing.preflight.destinations.tiktok import DIRECT_POST, INBOX
from publishing.preflight.destinations.youtube import SHORT, VIDEO
from publishing.preflight.schema import Schema
from publishing.preflight.subject import Subject

SCHEMAS = {schema.name: schema for schema in (REEL, DIRECT_POST, INBOX, SHORT, VIDEO)}
SHORT_MS = int(SHORT.rule("length").most or 0)


def schema_of(subject: Subject) -> Schema:
    """The one that the caller names in the option `destination`, else the one that its shape makes it."""
    named = SCHEMAS.get(str(subject.options.get("destination")))
    if named is not None and named.platform == subject.platform:
        return named
    if subject.platform == VIDEO.platform:
        return SHORT if _is_short(subject) else VIDEO
    return next(each for each in SCHEMAS.values() if each.platform == subject.platform)


def _is_short(subject: Subject) -> bool:
    """YouTube decides by itself: what is not wider than high, and not longer than three minutes."""
    file = subject.file
    return file is not None and file.width_px <= file.height_px and file.whole_ms <= SHORT_MS
