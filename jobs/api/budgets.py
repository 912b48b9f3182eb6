"""The door of rate budgets."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.budgets import budgets_shown
from jobs.models import RateBudget
from stakazo.core.api.views import GenericViewSet


class BudgetOut(serializers.Serializer[Any]):
    """How much of a key is used, and when some is free."""

    key = serializers.CharField(help_text="What is rationed: an account, an endpoint.")
    limit = serializers.IntegerField(help_text="Units in any stretch of per_s seconds.")
    per_s = serializers.FloatField()
    gap_s = serializers.FloatField(help_text="Seconds between two takes, at least.")
    used = serializers.IntegerField(help_text="Units that count now.")
    left = serializers.IntegerField()
    wait_s = serializers.FloatField(help_text="Until one unit can be taken; 0: now.")
    next_free_at = serializers.DateTimeField(allow_null=True)


class BudgetViewSet(GenericViewSet[RateBudget]):
    """Rate budgets: what is rationed among all workers."""

    queryset = RateBudget.objects.all()
    serializer_class = BudgetOut
    required_permission = "jobs.change_ratebudget"
    filterset_class = None

    @extend_schema(
        operation_id="job_budgets_list",
        summary="Rate budgets",
        description="Every key that was taken from, and how much of it can be taken now.",
        tags=["jobs"],
        responses={200: BudgetOut(many=True)},
        examples=[
            OpenApiExample(
                "An account that has to wait",
                response_only=True,
                value={
                    "key": "instagram:17841400000000000:publish",
                    "limit": 100,
                    "per_s": 86400.0,
                    "gap_s": 0.0,
                    "used": 100,
                    "left": 0,
                    "wait_s": 1230.5,
                    "next_free_at": "2026-03-01T12:20:30.5Z",
                },
            )
        ],
    )
    def list(self, request: Request) -> Response:
        """One page of them."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(BudgetOut(budgets_shown(page or []), many=True).data)
