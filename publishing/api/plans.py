"""The doors of plans: when posts of an account go out."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from publishing import queries
from publishing.approval import Mode
from publishing.clocks import Slot, clock_time
from publishing.models import AccountPlan, SocialAccount
from publishing.plan_models import CatchUp
from publishing.services import plans, slots
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.identity.reach import in_reach

MOST_DAYS = 92
_PLAN = {
    "zone": "Europe/Madrid",
    "slots": [{"weekday": 1, "at": "18:00"}, {"weekday": 5, "at": "12:30"}],
    "gap_min": 10,
    "approval": "second",
    "catch_up": "late",
    "catch_up_within_h": 24,
}


class SlotSerializer(serializers.Serializer[dict[str, Any]]):
    """A time of the week."""

    weekday = serializers.IntegerField(
        min_value=1, max_value=7, help_text="1 is Monday, 7 is Sunday."
    )
    at = serializers.RegexField(
        r"^([01]?\d|2[0-3]):[0-5]\d$", max_length=5, help_text="Of the account's clocks: 18:00."
    )


class AccountPlanIn(serializers.Serializer[dict[str, Any]]):
    """What to change; what is left out stays as it is."""

    zone = serializers.CharField(required=False, max_length=64, help_text="IANA name.")
    slots = SlotSerializer(many=True, required=False, help_text="All of them.")
    gap_min = serializers.IntegerField(required=False, min_value=0, max_value=plans.MOST_GAP_MIN)
    approval = serializers.ChoiceField(
        choices=Mode.choices,
        required=False,
        allow_blank=True,
        help_text="Whose yes its posts need; empty: as the setting says.",
    )
    catch_up = serializers.ChoiceField(
        choices=CatchUp.choices, required=False, help_text="What becomes of late posts."
    )
    catch_up_within_h = serializers.IntegerField(
        required=False, min_value=0, max_value=plans.MOST_LATE_H
    )


class AccountPlanOut(serializers.ModelSerializer[AccountPlan]):
    """When posts of an account go out."""

    slots = SlotSerializer(many=True)
    approval = serializers.ChoiceField(choices=Mode.choices, allow_blank=True)

    class Meta:
        model = AccountPlan
        fields = ["zone", "slots", "gap_min", "approval", "catch_up", "catch_up_within_h"]
        read_only_fields = fields


class PlaceOut(serializers.Serializer[Any]):
    """A slot on a day."""

    at = serializers.DateTimeField()
    local_time = serializers.CharField(help_text="As the account's clocks show it.")
    publication = serializers.UUIDField(
        allow_null=True, help_text="The post that has it; null: it is free."
    )


class SlotsOut(serializers.Serializer[Any]):
    """The slots of the days ahead."""

    zone = serializers.CharField()
    slots = PlaceOut(many=True)


class _AccountView(APIView):
    required_permission = "publishing.change_socialaccount"

    def account(self) -> SocialAccount:
        """The one that the address names."""
        found = in_reach(SocialAccount.objects.select_related("plan"), mode="mode")
        account: SocialAccount = get_object_or_404(found, pk=self.kwargs["pk"])
        return account


class PlanView(_AccountView):
    """The plan of an account."""

    @extend_schema(
        operation_id="accounts_plan",
        tags=["publishing"],
        responses={200: AccountPlanOut},
        examples=[OpenApiExample("Two a week", value=_PLAN, response_only=True)],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Its zone, its slots, and the gap between posts."""
        return Response(AccountPlanOut(queries.plan_of(self.account())).data)

    @extend_schema(
        operation_id="accounts_set_plan",
        tags=["publishing"],
        request=AccountPlanIn,
        responses={200: AccountPlanOut, 400: ErrorOut},
        examples=[
            OpenApiExample("Two a week", value=_PLAN, request_only=True),
            OpenApiExample("So it stands", value=_PLAN, response_only=True),
        ],
    )
    def patch(self, request: Request, pk: str) -> Response:
        """Change it. Publications that have a time keep it."""
        wish = validated(AccountPlanIn, request.data)
        if "slots" in wish:
            wish["slots"] = [
                Slot(each["weekday"], clock_time(each["at"])) for each in wish["slots"]
            ]
        return Response(AccountPlanOut(plans.set_plan(self.account(), **wish)).data)


class SlotsView(_AccountView):
    """The slots of the days ahead."""

    @extend_schema(
        operation_id="accounts_slots",
        tags=["publishing"],
        parameters=[
            OpenApiParameter("days", int, default=14, description=f"1 to {MOST_DAYS} days ahead.")
        ],
        responses={200: SlotsOut},
        examples=[
            OpenApiExample(
                "One, free",
                value={
                    "zone": "Europe/Madrid",
                    "slots": [
                        {
                            "at": "2026-11-23T17:00:00Z",
                            "local_time": "2026-11-23T18:00:00+01:00",
                            "publication": None,
                        }
                    ],
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Each with the post that has it."""
        text = request.query_params.get("days", "14")
        if not (
            text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_DAYS
        ):
            raise ValidationError({"days": f"A whole number from 1 to {MOST_DAYS}."})
        account, now = self.account(), timezone.now()
        places = slots.slots_ahead(account, now=now, until=now + timedelta(days=int(text)))
        rows = [
            {
                "at": place.at,
                "local_time": queries.local_time(account, place.at).isoformat(),
                "publication": place.taken_by.pk if place.taken_by else None,
            }
            for place in places
        ]
        return Response(SlotsOut({"zone": queries.plan_of(account).zone, "slots": rows}).data)
