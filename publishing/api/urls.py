"""The paths of this room, from the root, without trailing slashes."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from publishing.api.accounts import AccountViewSet, CallbackView, ChoiceView, ConnectView
from publishing.api.deciding import EvidenceView, SettleView
from publishing.api.plans import PlanView, SlotsView
from publishing.api.steps import StepViewSet
from publishing.api.subscribers import OutgoingViewSet, SubscriberViewSet
from publishing.api.views import (
    ConfirmPublishView,
    InstagramWebhookView,
    PublicationViewSet,
    ReconcileView,
    WebhookView,
)
from publishing.api.watching import FindingViewSet, RunViewSet

router = SimpleRouter(trailing_slash=False)
router.register("publications", PublicationViewSet, basename="publication")
router.register("publishing/steps", StepViewSet, basename="publish-step")
router.register("publishing/findings", FindingViewSet, basename="post-finding")
router.register("publishing/reconcile/runs", RunViewSet, basename="reconcile-run")
router.register("webhooks/subscribers", SubscriberViewSet, basename="webhook-subscriber")
router.register("webhooks/deliveries", OutgoingViewSet, basename="webhook-outgoing")

urlpatterns = [
    *router.urls,
    path("publications/<uuid:pk>/evidence", EvidenceView.as_view(), name="publication-evidence"),
    path("publications/<uuid:pk>/settle", SettleView.as_view(), name="publication-settle"),
    path("confirm_publish", ConfirmPublishView.as_view(), name="confirm-publish"),
    path("publishing/reconcile", ReconcileView.as_view(), name="publishing-reconcile"),
    path("publishing/accounts", AccountViewSet.as_view({"get": "list"}), name="account-list"),
    path(
        "publishing/accounts/<uuid:pk>",
        AccountViewSet.as_view({"get": "retrieve"}),
        name="account-detail",
    ),
    path(
        "publishing/accounts/<uuid:pk>/release",
        AccountViewSet.as_view({"post": "release"}),
        name="account-release",
    ),
    path(
        "publishing/accounts/<uuid:pk>/disconnect",
        AccountViewSet.as_view({"post": "disconnect"}),
        name="account-disconnect",
    ),
    path("publishing/accounts/<uuid:pk>/plan", PlanView.as_view(), name="account-plan"),
    path("publishing/accounts/<uuid:pk>/slots", SlotsView.as_view(), name="account-slots"),
    path(
        "publishing/accounts/<str:platform>/connect", ConnectView.as_view(), name="account-connect"
    ),
    path(
        "publishing/accounts/<str:platform>/callback",
        CallbackView.as_view(),
        name="account-callback",
    ),
    path("publishing/choices/<uuid:pk>", ChoiceView.as_view(), name="account-choice"),
    path("publishing/webhooks/<str:platform>", WebhookView.as_view(), name="webhook"),
    path("webhook/instagram", InstagramWebhookView.as_view(), name="webhook-instagram"),
]
