"""Failures of one cause carry one mark."""

import pytest

from jobs.services import claim, enqueue, settle_failed
from jobs.services.causes import cause_of
from tests.jobs.conftest import Note

CAUSE = "The file /tmp/work/a-1.mp4 of 01930f6e-0000-7c3a-9a53-0d5c4f1f6a10 has 12 of 24 frames."


@pytest.mark.parametrize(
    "same",
    [
        "The file /var/x.mp4 of 0293aaaa-1111-7c3a-9a53-0d5c4f1f6a11 has 3 of 900 frames.",
        "The file /y of 5fe has 1.5 of 2,000 frames.".replace("5fe", "5feab0"),
    ],
)
def test_names_numbers_and_ids_make_no_difference(same):
    assert cause_of("a", "x", same) == cause_of("a", "x", CAUSE)


@pytest.mark.parametrize(
    ("job_type", "code", "error"),
    [("b", "x", CAUSE), ("a", "y", CAUSE), ("a", "x", "The file is gone."), ("a", "x", "")],
)
def test_types_codes_and_words_do(job_type, code, error):
    assert cause_of(job_type, code, error) != cause_of("a", "x", CAUSE)


@pytest.mark.django_db
def test_a_failed_try_is_marked_and_a_new_one_is_clean(job_type_of):
    job_type_of(backoff_max_s=0)
    job = enqueue("test_note", Note())
    settle_failed(claim(job.pk, worker_id="vm::1"), error="took 5 s", error_code="x")
    job.refresh_from_db()
    assert job.error_group == cause_of("test_note", "x", "took 9 s")
    assert claim(job.pk, worker_id="vm::1").error_group == ""
