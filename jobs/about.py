"""What a job is about: the objects whose ids its payload carries.

Jobs may not know the rooms above; the registry of audited models does. A payload field called
`clip_id` (or `clip_ids`) names rows of the model that the ledger knows as `clip`.
"""

import uuid
from collections.abc import Iterator

from django.db.models import Model

from jobs.models import Job
from ledger.registry import AUDITED

SHOWN = 10


def objects_of(job: Job) -> list[Model]:
    """The rows that exist, in the order of the payload. One query each."""
    found = (model._base_manager.filter(pk=pk).first() for model, pk in names_of(job))
    return [row for row in found if row is not None]


def names_of(job: Job) -> Iterator[tuple[type[Model], uuid.UUID]]:
    """(model, id) of each object that the payload names, whether or not it exists. No query."""
    models = {audited.entity_type: model for model, audited in AUDITED.items()}
    for key, value in job.payload.items():
        name = key.removesuffix("s").removesuffix("_id")
        if name == key or name not in models:
            continue
        for one in (value if isinstance(value, list) else [value])[:SHOWN]:
            try:
                yield models[name], uuid.UUID(one)
            except (TypeError, ValueError, AttributeError):
                continue
