"""Who is told what happens here, each message to them, and each try to bring it there."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7


class WebhookSubscriber(models.Model):
    """An address outside that is told of events of the ledger; its secret is sealed."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        DISABLED = "disabled", "Disabled"

    EVERYTHING = "*"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500, help_text="https, on a public address.")
    event_types = models.JSONField(
        default=list, help_text='Names of the ledger\'s event types; ["*"] for all.'
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    secret_sealed = models.TextField(editable=False)
    former_secret_sealed = models.TextField(blank=True, editable=False)
    former_secret_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Until then both secrets sign."
    )
    active_since = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Events before it are not told."
    )
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(
        default=0, editable=False, help_text="Tries in a row that the address did not take."
    )
    retry_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Nothing is sent there before."
    )
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_reason = models.CharField(max_length=300, blank=True, editable=False)
    disabled_by_us = models.BooleanField(
        default=False, editable=False, help_text="It answered 410, or failed for too long."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "webhook_subscribers"
        ordering = ["-id"]
        verbose_name = "webhook subscriber"

    def __str__(self) -> str:
        return self.name


class OutgoingDelivery(models.Model):
    """One message to one subscriber. Its id is the `webhook-id`, the same in every try.

    Its two times say how it stands. The ledger does not follow each: it would tell of its own telling.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscriber = models.ForeignKey(
        WebhookSubscriber, on_delete=models.PROTECT, related_name="deliveries"
    )
    event_id = models.UUIDField(null=True, blank=True, help_text="Of the ledger; a ping has none.")
    event_type = models.CharField(max_length=64)
    body = models.TextField(help_text="What is sent and signed, to the letter.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True, help_text="Nothing more is tried.")
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "outgoing_deliveries"
        ordering = ["-id"]
        verbose_name_plural = "outgoing deliveries"
        indexes = [
            models.Index(
                fields=["subscriber", "next_at"],
                name="outgoing_due",
                condition=Q(delivered_at=None, failed_at=None),
            ),
            models.Index(fields=["delivered_at"], name="outgoing_delivered"),
            models.Index(fields=["failed_at"], name="outgoing_failed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "event_id"], name="each_event_is_told_once"
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(failed_at=None), name="delivered_or_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.pk}"

    @property
    def status(self) -> str:
        """How it stands."""
        if self.delivered_at:
            return self.Status.DELIVERED
        return self.Status.FAILED if self.failed_at else self.Status.WAITING


class OutgoingAttempt(models.Model):
    """One try to bring a message, and what the address said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(
        OutgoingDelivery, on_delete=models.CASCADE, related_name="attempt_rows"
    )
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    took_ms = models.PositiveIntegerField()
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True, help_text="The IP address we spoke to.")
    answer = models.TextField(blank=True, help_text="The beginning of it.")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "outgoing_attempts"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.delivery_id} try {self.number}"


S = WebhookSubscriber.Status
SUBSCRIBER: Machine[WebhookSubscriber] = Machine(
    WebhookSubscriber,
    {S.ACTIVE: {S.DISABLED}, S.DISABLED: {S.ACTIVE}},
    sentences={
        S.ACTIVE: "Is told of the events that it asked for.",
        S.DISABLED: "Is told nothing; what happens meanwhile can be replayed.",
    },
)
