"""Questions in words: what they mean, and what is wrong with those that mean nothing."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from ledger.errors import BadQuestion
from ledger.queries import Asked, asked_in_words
from ledger.queries.asking import QUALIFIERS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ID = uuid.UUID("01a1f9f6-3c32-7027-aefd-5ab9c7011500")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("", Asked()),
        ("  ", Asked()),
        ("type:clip_created", Asked(event_types=("clip_created",))),
        ("type:clip_created TYPE:job_died", Asked(event_types=("clip_created", "job_died"))),
        ("severity:error", Asked(severity="ERROR")),
        ("entity:clip", Asked(entity_type="clip")),
        (f"entity:clip:{ID}", Asked(entity_type="clip", entity_id=str(ID))),
        ("entity:worker:studio:a", Asked(entity_type="worker", entity_id="studio:a")),
        (f"job:{ID} clip:{ID}", Asked(job_id=ID, clip_id=ID)),
        (f"video:{ID.hex}", Asked(video_id=ID)),
        ("actor:user:42 worker:studio:a:1", Asked(actor="user:42", worker_id="studio:a:1")),
        ('actor:"command:reconcile"', Asked(actor="command:reconcile")),
        ("since:2h", Asked(since=NOW - timedelta(hours=2))),
        ("since:7d until:1d", Asked(since=NOW - timedelta(days=7), until=NOW - timedelta(days=1))),
        ("since:2026-11-01", Asked(since=datetime(2026, 11, 1, tzinfo=UTC))),
        ("until:2026-11-01T10:00+02:00", Asked(until=datetime(2026, 11, 1, 8, tzinfo=UTC))),
        (str(ID), Asked(about=ID)),
        ('no luck "at all: none"', Asked(words=("no", "luck", "at all: none"))),
        ("severity:WARN harbour", Asked(severity="WARN", words=("harbour",))),
    ],
)
def test_what_a_question_means(question, asked):
    assert asked_in_words(question, now=NOW) == asked


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("typ:clip_created", "Did you mean type:?"),
        ("colour:red", "There are type, severity"),
        ("type:clip_creatd", "Did you mean clip_created"),
        ("type:zzz", "ledger_types"),
        ("severity:FATAL", "none of INFO, WARN, ERROR"),
        ("entity:clipp", "Did you mean clip?"),
        ("job:7", "no id"),
        ("since:yesterday", "no time"),
        ("since:2026-13-01", "no time"),
        ("since:999999w", "no time"),
        ("until:9999-12-31T23:59-14:00", "no time"),
        ('actor:""', "wants who did it"),
        ("job:01a1f9f63c327027aefd5ab9c7011500 job:01a1f9f63c327027aefd5ab9c7011500", "said twice"),
        ("12:30", "quotes"),
        ("x" * 501, "at most 500"),
        ("a\x00b", "null"),
        ("type:job_died " * 11, "At most 10"),
    ],
)
def test_what_is_wrong_is_said_in_words(question, words):
    with pytest.raises(BadQuestion) as refused:
        asked_in_words(question, now=NOW)
    assert words in refused.value.message


def test_every_qualifier_is_explained_and_understood():
    example = {"type": "clip_created", "severity": "INFO", "entity": "clip", "actor": "system"}
    example |= {"worker": "w", "correlation": "c", "since": "1h", "until": "1h"}
    for name, words in QUALIFIERS.items():
        assert words
        assert asked_in_words(f"{name}:{example.get(name, ID)}", now=NOW) != Asked()
