"""Ways to come in beside the password: refresh tokens, API keys, tickets; and failed tries."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class RefreshToken(models.Model):
    """The right to one new access token. Using it makes its one successor, in the same family.

    A family is a login: its first token. Revoking that row ends all of them, and their access tokens.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="refresh_tokens"
    )
    family = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="members", help_text="The first token."
    )
    parent = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="successor",
        help_text="The token that was used up for this one; unique, so it is used once.",
    )
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(
        null=True, blank=True, help_text="On the first token: the end of the family."
    )

    class Meta:
        db_table = "auth_refresh_tokens"
        ordering = ["-id"]
        verbose_name = "refresh token"

    def __str__(self) -> str:
        return f"{self.user} {self.pk}"


class ApiKey(models.Model):
    """A program's way in: acts as its user, within its scopes. Only its hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        WRITE = "write", "Read and write"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, help_text="What uses it.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="api_keys",
        help_text="Whose rights it has.",
    )
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list, help_text="read, write")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "api_keys"
        ordering = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_live(self, now: datetime) -> bool:
        """Whether it opens the door at this time."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class Ticket(models.Model):
    """A way through one door, once, within a minute: for WebSockets, which carry no headers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tickets"
    )
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "auth_tickets"

    def __str__(self) -> str:
        return f"{self.user} until {self.expires_at}"


class LoginAttempts(models.Model):
    """How often one key (a name from an address, or an address) tried in its window of time."""

    key = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of what is limited.")
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "auth_login_attempts"

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
