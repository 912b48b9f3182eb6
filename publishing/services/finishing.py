"""Doing one thing to a post that is live: its first comment, its thumbnail.

Whatever becomes of it, the post stays published. A comment is as final as a post, so it goes the same
way: the step is written down before the call, the call is made once, and where its outcome is unknown the
account's own comments are read until they show it, or have shown nothing often enough. A thumbnail may
be set again at any time.
"""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from jobs.registry import Done, GiveUp, Outcome, Snooze
from jobs.running import Running
from ledger.machine import StaleState
from media_assets.files import local_file
from media_assets.services.covers import still_jpeg
from publishing import queries
from publishing.errors import (
    REMEDIES,
    FailureKind,
    NeedsReconnect,
    OutcomeUnknown,
    PlatformBusy,
    PlatformLimit,
    PlatformProblem,
    RefusedContent,
)
from publishing.models import STEP, PublishStep, StepKind
from publishing.payloads import FinishPost
from publishing.platforms.base import Comment, PlatformClient
from publishing.platforms.wire import same_text
from publishing.services import accounts, renewing
from publishing.services.attempts import failure_facts
from publishing.services.steps import NO_FAILURE
from stakazo.core.errors import StakazoError

Status = PublishStep.Status
# So often, over so long, must the platform show no comment of ours before it is written again: an effect
# may come a minute and a half after an error, and lists lag.
CLEAN_CHECKS, CLEAN_FOR = 3, timedelta(minutes=3)
LOOK_BACK = timedelta(minutes=1)  # clocks differ
ASK_FOR = timedelta(hours=24)  # then a person should look
WAIT_MOST = timedelta(days=3)
MAX_SENDS = 3  # each after proof that the former left nothing
# The owner has not allowed it; the token is good for everything else.
NOT_ALLOWED = {"10", "insufficientPermissions", *map(str, range(200, 300))}


def finish(step_id: uuid.UUID, job: Running[FinishPost]) -> Outcome:
    """Bring one step on: up to its end, or to the next time to look."""
    step = queries.step_by_id(step_id)
    if step.status not in PublishStep.LIVE:
        return Done({"left": step.status})
    try:
        return _Step(job, step).go_on()
    except StaleState as error:
        return Snooze(1, error.message)  # somebody dropped or retried it: look again


class _Step:
    """An open step in the hands of the job that may move it."""

    def __init__(self, job: Running[FinishPost], step: PublishStep) -> None:
        self.job, self.step = job, step
        self.post_id = step.publication.external_post_id
        self.account = step.publication.social_account

    def go_on(self) -> Outcome:
        """From wherever the last one stopped."""
        if self.step.status == Status.SENDING:
            self._after_a_crash()
        hold = queries.hold_of(self.account)
        if hold is not None and hold.by_platform:
            wait_s = max((hold.retry_at - timezone.now()).total_seconds(), 60)
            return Snooze(wait_s, "The platform objects to the account; it is left in peace.")
        try:
            with accounts.client_of(self.account) as client:
                if self.step.status == Status.UNKNOWN:
                    outcome = self._ask(client)
                    if outcome is not None:
                        return outcome
                return self._send(client)
        except NeedsReconnect as error:
            return self._refused_token(error)
        except PlatformLimit as error:
            return self._wait(error)
        except (PlatformBusy, PlatformProblem) as error:
            return self._later(error)
        except RefusedContent as error:
            return self._fail(error)
        except StaleState:
            raise
        except StakazoError as error:  # LiveIsOff, SealBroken, NothingToSee: a person must act
            if error.permanent and self.step.status != Status.UNKNOWN:
                return self._fail(error)
            raise

    def _after_a_crash(self) -> None:
        """The last one stopped in the call."""
        why = "We stopped before the platform answered."
        with self.job.guarded():
            if self.step.kind == StepKind.THUMBNAIL:
                self._move(Status.WAITING, why=why)
            else:
                self._move(Status.UNKNOWN, why=why, **_unknown(why))

    # --- doing it ---------------------------------------------------------------------------------

    def _send(self, client: PlatformClient) -> Outcome:
        if self.step.kind == StepKind.THUMBNAIL:
            return self._set_thumbnail(client)
        if self.step.sends >= MAX_SENDS:
            return self._given_up(f"It was sent {self.step.sends} times and never seen.")
        self.job.stage("comment")
        self._cross()
        try:
            comment_id = client.comment(self.post_id, self.step.text)
        except OutcomeUnknown as error:
            with self.job.guarded():
                self._move(Status.UNKNOWN, why=error.message, **failure_facts(error))
            return Snooze(5, "The outcome is unknown; we ask the platform.")
        except (PlatformBusy, PlatformProblem, NeedsReconnect) as error:
            self._step_back(error)
            raise
        return self._done("The platform has taken the comment.", external_id=comment_id)

    def _set_thumbnail(self, client: PlatformClient) -> Outcome:
        self.job.stage("thumbnail")
        with local_file(self.step.publication.clip_variant.file) as path:
            picture = still_jpeg(path, self.step.at_ms or 0)
        self._cross()
        try:
            client.set_thumbnail(self.post_id, picture)
        except (PlatformBusy, PlatformProblem, NeedsReconnect) as error:
            self._step_back(error)
            raise
        return self._done("The platform shows the picture.")

    def _cross(self) -> None:
        """The next call may do it. If we die after this, the outcome is unknown."""
        now = timezone.now()
        with self.job.guarded():
            self._move(
                Status.SENDING,
                sends=self.step.sends + 1,
                first_sent_at=self.step.first_sent_at or now,
                clean_checks=[],
                **NO_FAILURE,
            )

    def _step_back(self, error: StakazoError) -> None:
        """The platform said no before anything was done: it does not count as sent."""
        with self.job.guarded():
            sends = self.step.sends - 1
            self._move(Status.WAITING, why=error.message, sends=sends, **failure_facts(error))

    def _done(self, why: str, *, external_id: str = "") -> Outcome:
        def effect() -> None:
            self._move(Status.DONE, why=why, external_id=external_id, **NO_FAILURE)

        return Done({"external_id": external_id}, effect=effect)

    # --- asking -----------------------------------------------------------------------------------

    def _ask(self, client: PlatformClient) -> Outcome | None:
        """None: it is proven that there is no comment of ours, so it may be written."""
        self.job.stage("ask")
        found = self._ours(client.own_comments(self.post_id))
        if found is not None:
            return self._done("The platform shows the comment.", external_id=found.external_id)
        now = timezone.now()
        checks = [*self.step.clean_checks, now.isoformat()]
        clean = len(checks) >= CLEAN_CHECKS and (
            now - datetime.fromisoformat(checks[0]) >= CLEAN_FOR
        )
        with self.job.guarded():
            if clean:
                why = "The platform has shown several times that no comment of ours is there."
                self._move(Status.WAITING, why=why, clean_checks=[])
                return None
            self._write(clean_checks=checks)
        return Snooze(61, "The platform shows no comment of ours yet; we make sure.")

    def _ours(self, comments: list[Comment]) -> Comment | None:
        """The oldest with this text since it was first sent."""
        earliest = (self.step.first_sent_at or self.step.created_at) - LOOK_BACK
        same = [
            comment
            for comment in comments
            if comment.written_at >= earliest and same_text(comment.text, self.step.text)
        ]
        return min(same, key=lambda comment: comment.written_at, default=None)

    # --- when it does not go on -------------------------------------------------------------------

    def _refused_token(self, error: NeedsReconnect) -> Outcome:
        if error.details.get("platform_code") in NOT_ALLOWED:  # posting works, commenting does not
            return self._fail(error)
        if renewing.renew_or_expire(self.account, why=error.message):
            if self.job.job.attempt >= self.job.job.max_attempts:
                return self._fail(error)
            raise PlatformBusy(
                "The platform did not take our token; it was renewed.",
                platform=self.account.platform,
                retry_after_s=5,
            )
        return self._fail(error)

    def _wait(self, error: PlatformLimit) -> Outcome:
        if timezone.now() - self.step.created_at > WAIT_MOST:
            return self._fail(error)
        self._note(error)
        wait_s = max(error.retry_after_s or 60, 0.5)
        return Snooze(wait_s + random.uniform(0, 1), error.message)  # noqa: S311  only jitter

    def _later(self, error: PlatformBusy | PlatformProblem) -> Outcome:
        self._note(error)
        if self.step.status == Status.UNKNOWN:
            return self._ask_again(error)
        if self.job.job.attempt >= self.job.job.max_attempts:
            return self._fail(error)
        raise error

    def _ask_again(self, error: StakazoError) -> Outcome:
        """Asking costs no try; after a day it is left to a person."""
        age = timezone.now() - (self.step.first_sent_at or self.step.created_at)
        if age > ASK_FOR:
            return Done({"left": self.step.status, "why": error.message})
        return Snooze(min(max(age.total_seconds() / 4, 5), 600), error.message)

    def _fail(self, error: StakazoError) -> Outcome:
        """Not done. What may have been done stays unknown, with its reason."""
        if self.step.status == Status.UNKNOWN:
            self._note(error)
            return self._ask_again(error)
        with self.job.guarded():
            self._move(Status.FAILED, why=error.message, **failure_facts(error))
        return GiveUp(error.message, error.code)

    def _given_up(self, why: str) -> Outcome:
        kind = FailureKind.AMBIGUOUS
        remedy = "Look at the post in the platform's app; write the comment there if it is missing."
        facts = {"error": why, "error_code": "publishing.step-unseen", "error_kind": kind}
        with self.job.guarded():
            self._move(Status.FAILED, why=why, **facts, remedy=remedy)
        return GiveUp(why, "publishing.step-unseen")

    # --- writing ----------------------------------------------------------------------------------

    def _move(self, to: str, *, why: str = "", **values: Any) -> None:
        """Any: columns have types of their own."""
        STEP.move(self.step, to, why=why, values={**values, "updated_at": timezone.now()})

    def _note(self, error: StakazoError) -> None:
        """Keep what went wrong, in the state it is in."""
        with self.job.guarded():
            self._write(**failure_facts(error))

    def _write(self, **values: Any) -> None:
        """Any: as for _move. Raises StaleState when somebody moved it meanwhile."""
        values["updated_at"] = timezone.now()
        here = PublishStep.objects.filter(pk=self.step.pk, status=self.step.status)
        if here.update(**values) != 1:
            raise StaleState("Somebody else moved this step.", entity_id=str(self.step.pk))
        for name, value in values.items():
            setattr(self.step, name, value)


def _unknown(why: str) -> dict[str, Any]:
    kind = FailureKind.AMBIGUOUS
    return {**NO_FAILURE, "error": why, "error_kind": kind, "remedy": REMEDIES[kind]}
