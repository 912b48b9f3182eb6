"""Coming in by the admin's door."""

from typing import Any

from django import forms
from unfold.forms import AuthenticationForm

from ledger.services import log_event
from stakazo.identity.errors import TooManyAttempts
from stakazo.identity.throttle import count_attempt, forgive_attempt


class LoginForm(AuthenticationForm):
    """Name and password, held back after failures exactly as at `POST /auth/login`."""

    def clean(self) -> dict[str, Any]:
        """Count the try before the password is looked at."""
        name = self.cleaned_data.get("username")
        if name is None or not self.cleaned_data.get("password"):
            return super().clean()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        try:
            tries_left = count_attempt(name, address)
        except TooManyAttempts as error:
            minutes = -(-error.details["retry_after_s"] // 60)
            raise forms.ValidationError(
                f"Too many failed logins. Try again in {minutes} min.", code="held-back"
            ) from error
        try:
            given: dict[str, Any] = super().clean()
        except forms.ValidationError:
            log_event("login_failed", entity_type="address", entity_id=address)
            if not tries_left:
                log_event("login_blocked", entity_type="address", entity_id=address)
            raise
        forgive_attempt(name, address)
        return given
