"""Ways to come in beside the password: refresh tokens, API keys, tickets; and failed tries."""

import ipaddress
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.contrib.auth.models import User
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
    password_hash = models.CharField(
        max_length=64,
        blank=True,
        help_text="On the first token: a keyed hash of the password's; another password ends it.",
    )
    address = models.GenericIPAddressField(
        null=True, blank=True, help_text="On the first token: where the login came from."
    )
    user_agent = models.CharField(
        max_length=200, blank=True, help_text="On the first token: with what."
    )

    class Meta:
        db_table = "auth_refresh_tokens"
        ordering = ["-id"]
        verbose_name = "refresh token"

    def __str__(self) -> str:
        return f"{self.user} {self.pk}"

    def is_open_for(self, user: User) -> bool:
        """Asked of the first token: not revoked, and the user still has the password of then."""
        if self.revoked_at is not None:
            return False
        return not self.password_hash or self.password_hash in chain(
            [user.get_session_auth_hash()], user.get_session_auth_fallback_hash()
        )


class BrowserLogin(models.Model):
    """A login with a browser. The session names it; once it has ended the session opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="browser_logins"
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "auth_browser_logins"
        ordering = ["-id"]
        verbose_name = "browser login"

    def __str__(self) -> str:
        return f"{self.user} {self.pk}"


class ApiKey(models.Model):
    """A program's way in: acts as its user, within its scopes. Only its hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        WRITE = "write", "Read and write"

    class Mode(models.TextChoices):
        TEST = "test", "Test: accounts of the simulator"
        LIVE = "live", "Live: accounts of the real platforms"

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
    mode = models.CharField(
        max_length=4,
        choices=Mode,
        default=Mode.TEST,
        help_text="Which accounts it reaches; its text says so too.",
    )
    calls_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: as the settings say. 0: no limit."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    networks = models.JSONField(
        default=list,
        blank=True,
        help_text="Where it may come from, as 192.0.2.0/24; empty: from anywhere.",
    )
    replaces = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replaced_by",
        editable=False,
        help_text="The key that this one was made to follow.",
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "api_keys"
        ordering = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @property
    def start(self) -> str:
        """How its text begins, which tells keys apart without telling them."""
        return f"stk_{self.mode}_{self.prefix}"

    def is_live(self, now: datetime) -> bool:
        """Whether it opens the door at this time."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    def is_welcome_from(self, address: str) -> bool:
        """Whether it may come from this address; one that is none is welcome only from anywhere."""
        if not self.networks:
            return True
        try:
            where = ipaddress.ip_address(address)
        except ValueError:
            return False
        where = getattr(where, "ipv4_mapped", None) or where
        return any(where in ipaddress.ip_network(network) for network in self.networks)


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


class SecondFactor(models.Model):
    """Somebody's authenticator app. Until it is confirmed nobody is asked for its codes."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="second_factor",
    )
    secret_sealed = models.BinaryField(default=bytes)
    last_step = models.BigIntegerField(default=-1, help_text="Of the last code that was taken.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "auth_second_factors"
        verbose_name = "second factor"

    def __str__(self) -> str:
        return f"{self.user}"


class RecoveryCode(models.Model):
    """A way past the app, once. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the code.")

    class Meta:
        db_table = "auth_recovery_codes"
        verbose_name = "recovery code"
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="each_recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.pk}"


class LoginAttempts(models.Model):
    """How often one key (a name from an address, or an address) tried in its window of time."""

    key = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of what is limited.")
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "auth_login_attempts"

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
