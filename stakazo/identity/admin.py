"""People, roles and API keys."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from ledger.trail import TrailMixin
from stakazo.core.admin import StakazoAdmin, act_on_each
from stakazo.identity.models import ApiKey
from stakazo.identity.services import create_api_key, revoke_api_key

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], StakazoAdmin):
    """Who may come in."""

    form, add_form = UserChangeForm, UserCreationForm
    change_password_form = AdminPasswordChangeForm


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

    class Meta:
        model = ApiKey
        fields = ["name", "user", "scopes", "expires_at"]
        help_texts = {"expires_at": "Empty: in 90 days."}


@admin.register(ApiKey)
class ApiKeyAdmin(TrailMixin, StakazoAdmin):
    """Keys of programs. The text of a key is shown once, when it is made."""

    form = ApiKeyForm
    list_display = ["name", "prefix", "user", "scope_words", "state", "expires_at", "last_used_at"]
    list_filter = ["revoked_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "prefix", "user__username"]
    autocomplete_fields = ["user"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Little to fill in; everything to see."""
        asked = ["name", "user", "scopes", "expires_at"]
        if obj is None:
            return asked
        seen = ["name", "user", "scope_words", "expires_at", "prefix", "state"]
        return [*seen, "created_at", "last_used_at", "revoked_at", "ledger_trail"]

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
        )
        for field in ApiKey._meta.concrete_fields:
            setattr(obj, field.attname, getattr(made, field.attname))
        obj._state.adding = False
        request.stakazo_new_key = plain  # type: ignore[attr-defined]  # read below, in this request

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the text of the key, this once."""
        context = self.admin_site.each_context(request) | {
            "title": "The new API key",
            "key": obj,
            "plain": request.stakazo_new_key,  # type: ignore[attr-defined]  # set above
        }
        response = TemplateResponse(request, "identity/new_api_key.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """The keys open nothing from now on."""
        act_on_each(request, keys, revoke_api_key, done="revoked")

    @display(description="May")
    def scope_words(self, key: ApiKey) -> str:
        """The scopes."""
        return ", ".join(key.scopes)

    @display(
        description="State", label={"live": "success", "revoked": "danger", "expired": "warning"}
    )
    def state(self, key: ApiKey) -> str:
        """Whether it opens the door."""
        if key.revoked_at:
            return "revoked"
        return "live" if key.is_live(timezone.now()) else "expired"
