"""What is done to a post once it is live. Part of `publishing.models`, which everybody imports."""

from django.db import models
from django.utils import timezone

from ledger.machine import Machine
from publishing.errors import KIND_LABELS
from stakazo.core.ids import uuid7


class StepKind(models.TextChoices):
    """What can only be done after a post is live."""

    FIRST_COMMENT = "first_comment", "First comment"
    THUMBNAIL = "thumbnail", "Thumbnail"


class PublishStep(models.Model):
    """One thing to do to a post that is live; whatever becomes of it, the post stays published."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        UNKNOWN = "unknown", "Outcome unknown"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Dropped"

    LIVE = (Status.WAITING, Status.SENDING, Status.UNKNOWN)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    publication = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, related_name="steps"
    )
    kind = models.CharField(max_length=16, choices=StepKind)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    text = models.TextField(blank=True, help_text="Of a comment.")
    at_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of a thumbnail: the moment of the video."
    )
    external_id = models.CharField(
        max_length=128, blank=True, help_text="The comment's id on the platform."
    )
    sends = models.PositiveSmallIntegerField(
        default=0, help_text="How often the platform was told to do it."
    )
    first_sent_at = models.DateTimeField(null=True, blank=True)
    clean_checks = models.JSONField(
        default=list, blank=True, help_text="When the platform showed nothing of it, in a row."
    )
    error_code = models.CharField(max_length=64, blank=True)
    error_kind = models.CharField(
        max_length=12,
        blank=True,
        choices=[(kind.value, words) for kind, words in KIND_LABELS.items()],
    )
    error = models.TextField(blank=True)
    remedy = models.TextField(blank=True, help_text="What a person does about it.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "publish_steps"
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "updated_at"], name="publish_steps_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "kind"], name="one_step_of_a_kind_per_publication"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.publication}"


S = PublishStep.Status
STEP: Machine[PublishStep] = Machine(
    PublishStep,
    {
        S.WAITING: {S.SENDING, S.FAILED, S.DROPPED},
        S.SENDING: {S.DONE, S.WAITING, S.UNKNOWN, S.FAILED},
        S.UNKNOWN: {S.DONE, S.WAITING, S.FAILED, S.DROPPED},
        # FAILED → UNKNOWN: retried, and it was sent before: the platform is asked first.
        S.FAILED: {S.WAITING, S.UNKNOWN, S.DROPPED},
        S.DONE: set(),
        S.DROPPED: set(),
    },
    stamps={S.DONE: "done_at"},
    sentences={
        S.WAITING: "Will be done as soon as the platform lets us.",
        S.SENDING: "The platform is told to do it at this moment.",
        S.UNKNOWN: "The platform may have done it; we are asking.",
        S.DONE: "The platform has done it.",
        S.FAILED: "Not done, and not tried again by itself; the error says why.",
        S.DROPPED: "Somebody does not want it any more.",
    },
)
