"""Formats as operators keep them: add, change their limits, retire, take back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ledger.services import log_event
from media_assets.errors import BadFormat
from media_assets.formats import STANDARD
from media_assets.models import FORMAT, FormatRow

# Files may exist in a format: what it is called and how large they are never changes.
FIXED = frozenset({"name", "width_px", "height_px", "keeps_ratio", "codec"})
CHANGEABLE = ("by_default", "crf", "max_fps", "max_rate_bps", "min_ms", "max_ms", "max_bytes")


def add_format(**values: Any) -> FormatRow:
    """A new format, in use from now on. Raises BadFormat that names each wrong field."""
    row = FormatRow(**values)
    _check(row)
    row.save(force_insert=True)
    return row


def change_format(row: FormatRow, **values: Any) -> FormatRow:
    """Other limits for what is rendered from now on; files that are there stay as they are.

    Raises BadFormat for a wrong value, and for name and size, which are fixed.
    """
    if fixed := sorted(set(values) - set(CHANGEABLE)):
        raise BadFormat(
            f"{', '.join(fixed)} cannot be changed; add a format of another name.", fields=fixed
        )
    with transaction.atomic():
        row = FormatRow.objects.select_for_update().get(pk=row.pk)
        before = {name: getattr(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        _check(row)
        changed = {
            name: [old, getattr(row, name)]
            for name, old in before.items()
            if old != getattr(row, name)
        }
        if changed:
            row.save(update_fields=list(changed))
            log_event("render_format_changed", entity=row, metadata={"name": row.name, **changed})
    return row


def retire_format(row: FormatRow, *, why: str = "asked for") -> FormatRow:
    """Render nothing in it any more. Raises IllegalMove when it is retired already."""
    return FORMAT.move(row, FormatRow.Status.RETIRED, why=why)


def restore_format(row: FormatRow, *, why: str = "asked for") -> FormatRow:
    """Take it in use again. Raises IllegalMove when it is."""
    return FORMAT.move(row, FormatRow.Status.ACTIVE, why=why)


def keep_standard_formats(**more: Any) -> None:
    """After each migrate: put in the standard formats that are missing, and touch no other."""
    there = set(FormatRow.objects.values_list("name", flat=True))
    FormatRow.objects.bulk_create(
        [
            FormatRow(**{name: getattr(each, name) for name in each.__dataclass_fields__})
            for each in STANDARD.values()
            if each.name not in there
        ],
        ignore_conflicts=True,
    )


def _check(row: FormatRow) -> None:
    """Raises BadFormat with everything that is wrong with it."""
    wrong: dict[str, list[str]] = {}
    try:
        row.full_clean()
    except ValidationError as error:
        wrong = error.message_dict
    if row.min_ms >= row.max_ms and not {"min_ms", "max_ms"} & set(wrong):
        wrong["max_ms"] = ["The longest is not longer than the shortest."]
    if wrong:
        raise BadFormat(
            "; ".join(f"{name}: {' '.join(said)}" for name, said in wrong.items()), fields=wrong
        )
