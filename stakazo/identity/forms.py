"""Coming in by the admin's door."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from ledger.services import log_event
from stakazo.core.errors import StakazoError
from stakazo.identity.errors import TooManyAttempts
from stakazo.identity.services.second_factors import check_second_factor, has_second_factor
from stakazo.identity.throttle import count_attempt, forgive_attempt


class LoginForm(AuthenticationForm):
    """Name, password and code, held back after failures exactly as at `POST /auth/login`."""

    code = forms.CharField(
        max_length=32,
        required=False,
        label="Code of the second factor",
        help_text="Empty if you have none.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code"}),
    )

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
        user = self.get_user()
        if isinstance(user, User) and has_second_factor(user):
            self._take_code(user)
        forgive_attempt(name, address)
        return given

    def _take_code(self, user: User) -> None:
        code = self.cleaned_data.get("code", "")
        if not code:
            raise forms.ValidationError("Enter the code of your second factor, too.", code="code")
        try:
            check_second_factor(user, code)
        except StakazoError as error:
            raise forms.ValidationError(error.message, code="code") from error
