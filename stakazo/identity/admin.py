"""People, roles and API keys."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
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
from stakazo.identity.policy import ROLES
from stakazo.identity.second_factor_page import PAGE, second_factor_page
from stakazo.identity.services import (
    create_api_key,
    end_all_logins,
    revoke_api_key,
    rotate_api_key,
    set_key_budget,
)
from stakazo.identity.services.keys import checked_networks
from stakazo.identity.services.second_factors import remove_second_factor

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], StakazoAdmin):
    """Who may come in."""

    form, add_form = UserChangeForm, UserCreationForm
    change_password_form = AdminPasswordChangeForm
    actions = ["end_logins", "remove_second_factors"]
    list_display = ["username", "email", "first_name", "last_name", "is_staff", "has_second_factor"]
    list_select_related = ["second_factor"]

    @admin.action(description="End all logins", permissions=["change"])
    def end_logins(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Browsers and tokens of these people open nothing any more; they log in again."""
        act_on_each(request, users, end_all_logins, done="logged out everywhere")

    @admin.action(description="Remove second factor (lost device)", permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """The password alone opens again, until they make another."""
        remove = partial(remove_second_factor, why="an administrator removed it")
        act_on_each(request, users, remove, done="without a second factor now")

    @display(description="Second factor", boolean=True)
    def has_second_factor(self, user: User) -> bool:
        """Whether logins ask for a code."""
        factor = getattr(user, "second_factor", None)
        return factor is not None and factor.confirmed_at is not None


def _with_own_pages() -> None:
    """The page of the second factor is everybody's own and no model's."""
    view = admin.site.admin_view(second_factor_page)
    usual = admin.site.get_urls

    def get_urls() -> list[Any]:
        return [path("second-factor/", view, name=PAGE), *usual()]

    admin.site.get_urls = get_urls  # type: ignore[method-assign]  # as the theme's site is not ours


_with_own_pages()


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, StakazoAdmin):
    """The roles, whose permissions come from the policy table, and groups of one's own."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not the roles: they would be set back at the next migration."""
        may = super().has_change_permission(request, obj)
        return bool(may) and (obj is None or obj.name not in ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not the roles."""
        may = super().has_delete_permission(request, obj)
        return bool(may) and (obj is None or obj.name not in ROLES)


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
        fields = [
            "name",
            "user",
            "mode",
            "scopes",
            "networks",
            "calls_per_minute",
            "expires_at",
        ]
        help_texts = {"expires_at": "Empty: in 90 days."}

    def clean_networks(self) -> list[str]:
        """As a list."""
        try:
            return checked_networks(self.cleaned_data["networks"].replace(",", " ").split())
        except InvalidInput as error:
            raise forms.ValidationError(f"{error.message} Not so: {error.details}") from error


class BudgetForm(forms.ModelForm[ApiKey]):
    """How often a key may call."""

    class Meta:
        model = ApiKey
        fields = ["calls_per_minute"]


@admin.register(ApiKey)
class ApiKeyAdmin(TrailMixin, StakazoAdmin):
    """Keys of programs. The text of a key is shown once, when it is made."""

    form = ApiKeyForm
    list_display = [
        "name",
        "start",
        "mode",
        "user",
        "scope_words",
        "state",
        "expires_at",
        "last_used_at",
    ]
    list_filter = ["mode", "revoked_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "prefix", "user__username"]
    autocomplete_fields = ["user"]
    actions = ["rotate", "revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Little to fill in; everything to see."""
        if obj is None:
            return list(ApiKeyForm.Meta.fields)
        seen = ["name", "user", "mode", "scope_words", "network_words", "calls_per_minute"]
        seen += ["expires_at", "start", "state", "created_at", "last_used_at", "revoked_at"]
        return [*seen, "replaces", "ledger_trail"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A key never changes, but for how often it may call."""
        shown = self.get_fields(request, obj) if obj else []
        return [name for name in shown if name != "calls_per_minute"]

    def get_form(self, request: HttpRequest, obj: Any = None, **more: Any) -> Any:
        """The whole form for a new key; of one that is there the budget."""
        if obj is not None:
            more["form"] = BudgetForm
        return super().get_form(request, obj, **more)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keys are revoked, not deleted, so that the ledger's actors stay readable."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Make the key; its text waits for the page that shows it once."""
        given = form.cleaned_data
        if change:
            set_key_budget(obj, calls_per_minute=given["calls_per_minute"])
            return
        made, plain = create_api_key(
            name=given["name"],
            user=given["user"],
            scopes=given["scopes"],
            mode=given["mode"],
            calls_per_minute=given["calls_per_minute"],
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
