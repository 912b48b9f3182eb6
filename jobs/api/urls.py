"""The paths of this room, from the root, without trailing slashes."""

from django.urls import path

from jobs.api.views import JobViewSet

urlpatterns = [
    path("jobs", JobViewSet.as_view({"get": "list", "post": "create"}), name="jobs"),
    path("jobs/process", JobViewSet.as_view({"post": "process_due"}), name="jobs-process"),
    path("jobs/<uuid:pk>", JobViewSet.as_view({"get": "retrieve"}), name="job"),
    path("jobs/<uuid:pk>/process", JobViewSet.as_view({"post": "process"}), name="job-process"),
    path("jobs/<uuid:pk>/retry", JobViewSet.as_view({"post": "retry"}), name="job-retry"),
    path("jobs/<uuid:pk>/cancel", JobViewSet.as_view({"post": "cancel"}), name="job-cancel"),
]
