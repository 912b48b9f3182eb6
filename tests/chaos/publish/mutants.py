"""Rules broken on purpose: the checker must find each of them, or it would find nothing.

Every one is what a careless house does. Applied in a process of its own, never to the product.
"""

from unittest import mock


def post_again():
    """An unclear commit is taken for a failed one, and posted anew without looking."""
    from publishing.services import attempts, posting

    def mark_unknown(log, *, why, error=None):
        attempts.fail(log, error=why, error_code="careless", again=True)

    mock.patch.object(attempts, "mark_unknown", mark_unknown).start()
    mock.patch.object(posting._Attempt, "_shown_already", return_value=None).start()


def call_it_failed():
    """An unclear commit is told to people as a failure."""
    from publishing.services import attempts

    def mark_unknown(log, *, why, error=None):
        attempts.fail(log, error=why, error_code="careless")

    mock.patch.object(attempts, "mark_unknown", mark_unknown).start()


def call_it_done():
    """What was sent is called published, without the platform's word."""
    from publishing.platforms.base import PostState, PostStatus
    from publishing.services import attempts

    def mark_unknown(log, *, why, error=None):
        attempts.succeed(log, PostStatus(PostState.PUBLISHED, "made-up"), why=why)

    mock.patch.object(attempts, "mark_unknown", mark_unknown).start()


def forget():
    """Nobody looks for what a dead worker left."""
    from jobs import sweeper

    mock.patch.object(sweeper, "_give_up_on_orphans", return_value=0).start()
    mock.patch.object(sweeper, "run_due_schedules", return_value=0).start()


MUTANTS = {
    "post_again": (post_again, "doubled"),
    "call_it_failed": (call_it_failed, "false failure"),
    "call_it_done": (call_it_done, "false success"),
    "forget": (forget, "lost"),
}
