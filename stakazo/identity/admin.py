"""People, roles and API keys."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.decorators import display
from unfold.forms import (
    AdminPasswordChangeForm,
    UserChangeForm,
    UserCreationForm,
)
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from ledger.trail import TrailMixin
from stakazo.core.admin import StakazoAdmin, act_on_each
from stakazo.core.errors import InvalidInput, StakazoError
from stakazo.identity.models import ApiKey
from stakazo.identity.services import (
    create_api_key,
    end_all_logins,
    revoke_api_key,
    rotate_api_key,
)
from stakazo.identity.services.keys import checked_networks

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], StakazoAdmin):
    """Who may come in."""

    form, add_form = UserChangeForm, UserCreationForm
    change_password_form = AdminPasswordChangeForm
    actions = ["end_logins"]

    @admin.action(description="End all logins", permissions=["change"])
    def end_logins(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Browsers and tokens of these people open nothing any more; they log in again."""
        act_on_each(request, users, end_all_logins, done="logged out everywhere")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, StakazoAdmin):
    """The roles; their permissions come from the policy table and may be widened here."""


class ApiKeyForm(forms.ModelForm[ApiKey]):
    """A new key."""

    scopes = forms.MultipleChoiceField(
        choices=ApiKey.Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        initial=[ApiKey.Scope.READ],
    )
    networks = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Where it may come from, as 192.0.2.0/24, with spaces between; empty: anywhere.",
    )

    class Meta:
        model = ApiKey
        fields = ["name", "user", "scopes", "networks", "expires_at"]
        help_texts = {"expires_at": "Empty: in 90 days."}

    def clean_networks(self) -> list[str]:
        """As a list."""
        try:
            return checked_networks(self.cleaned_data["networks"].replace(",", " ").split())
        except InvalidInput as error:
            raise forms.ValidationError(f"{error.message} Not so: {error.details}") from error


@admin.register(ApiKey)
class ApiKeyAdmin(TrailMixin, StakazoAdmin):
    """Keys of programs. The text of a key is shown once, when it is made."""

    form = ApiKeyForm
    list_display = [
        "name",
        "prefix",
        "user",
        "scope_words",
        "posts_on",
        "state",
        "expires_at",
        "last_used_at",
    ]
    list_filter = ["revoked_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "prefix", "user__username"]
    autocomplete_fields = ["user"]
    actions = ["rotate", "revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Little to fill in; everything to see."""
        asked = ["name", "user", "scopes", "networks", "expires_at"]
        if obj is None:
            return asked
        seen = ["name", "user", "scope_words", "posts_on", "network_words", "expires_at"]
        return [
            *seen,
            "prefix",
            "state",
            "created_at",
            "last_used_at",
            "revoked_at",
            "replaces",
            "ledger_trail",
        ]

    @admin.display(description="Posts on")
    def posts_on(self, key: ApiKey) -> str:
        """Where a post goes that a program wants with this key."""
        return "live platforms" if settings.STAKAZO_LIVE else "the simulator"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A key never changes."""
        return list(self.get_fields(request, obj)) if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keys are revoked, not deleted, so that the ledger's actors stay readable."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Make the key; its text waits for the page that shows it once."""
        if change:
            return
        given = form.cleaned_data
        made, plain = create_api_key(
            name=given["name"],
            user=given["user"],
            scopes=given["scopes"],
            expires_at=given["expires_at"],
            networks=given["networks"],
        )
        for field in ApiKey._meta.concrete_fields:
            setattr(obj, field.attname, getattr(made, field.attname))
        obj._state.adding = False
        request.stakazo_new_key = plain  # type: ignore[attr-defined]  # read below, in this request

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the text of the key, this once."""
        return self._show(request, obj, request.stakazo_new_key)  # type: ignore[attr-defined]

    def _show(self, request: HttpRequest, key: ApiKey, plain: str) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": "The new API key",
            "key": key,
            "plain": plain,
        }
        response = TemplateResponse(request, "identity/new_api_key.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description="Rotate", permissions=["change"])
    def rotate(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> HttpResponse | None:
        """A key with the same rights that follows this one, which ends in a day; one at a time."""
        key = keys.first()
        if key is None or keys.count() > 1:
            messages.error(request, "Choose one key: the text of the new one is shown once.")
            return None
        try:
            made, plain = rotate_api_key(key)
        except StakazoError as error:
            messages.error(request, error.message)
            return None
        return self._show(request, made, plain)

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """The keys open nothing from now on."""
        act_on_each(request, keys, revoke_api_key, done="revoked")

    @display(description="May")
    def scope_words(self, key: ApiKey) -> str:
        """The scopes."""
        return ", ".join(key.scopes)

    @display(description="From")
    def network_words(self, key: ApiKey) -> str:
        """The networks."""
        return ", ".join(key.networks) or "anywhere"

    @display(
        description="State", label={"live": "success", "revoked": "danger", "expired": "warning"}
    )
    def state(self, key: ApiKey) -> str:
        """Whether it opens the door."""
        if key.revoked_at:
            return "revoked"
        return "live" if key.is_live(timezone.now()) else "expired"
