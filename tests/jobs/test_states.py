"""The table of states, and that the docs draw it as it is."""

import itertools
from pathlib import Path

import pytest
from django.conf import settings

from jobs.drawing import mermaid_of
from jobs.models import JOB, Job
from jobs.registry import JOB_TYPES
from ledger.machine import IllegalMove
from ledger.registry import AUDITED

S = Job.Status
LEGAL = {
    ("pending", "processing"),
    ("pending", "cancelled"),
    ("scheduled", "pending"),
    ("scheduled", "processing"),
    ("scheduled", "cancelled"),
    ("retry", "processing"),
    ("retry", "cancelled"),
    ("processing", "pending"),
    ("processing", "scheduled"),
    ("processing", "completed"),
    ("processing", "retry"),
    ("processing", "failed"),
    ("processing", "cancelled"),
    ("processing", "dead"),
    ("failed", "pending"),
    ("dead", "pending"),
    ("cancelled", "pending"),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(S.values, S.values)))
def test_every_move_is_legal_or_refused(before, after):
    job = Job(job_type="x", status=before)
    assert JOB.may(job, after) == ((before, after) in LEGAL)
    if (before, after) not in LEGAL:
        with pytest.raises(IllegalMove):
            JOB.move(job, after)
        assert job.status == before


def test_the_docs_draw_the_table_as_it_is():
    docs = (Path(settings.BASE_DIR) / "docs" / "jobs.md").read_text()
    assert mermaid_of(JOB, start="pending") in docs
    for state, sentence in JOB.sentences.items():
        assert f"| `{state}` | {sentence} |" in docs


def test_the_docs_name_every_event_and_setting():
    docs = (Path(settings.BASE_DIR) / "docs" / "jobs.md").read_text()
    audited = AUDITED[Job]
    assert [name for name in {audited.created, *audited.moved.values()} if name not in docs] == []
    names = [name for name in dir(settings) if name.startswith("JOB_")]
    assert [name for name in names if name not in docs] == []


def test_every_job_type_says_what_it_does():
    assert all(kind.sentence.endswith(".") for kind in JOB_TYPES.values())
