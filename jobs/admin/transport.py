"""What is to be seen of django-q2, which only rings the bell."""

from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success

from stakazo.core.admin import ReadOnlyAdmin

# django-q2's own pages offer to submit, delete and schedule things behind the jobs' back, and one
# malformed schedule stops all of them. Its results are never kept, so that two lists are empty too.
for transport_model in (Success, Failure):
    admin.site.unregister(transport_model)
for transport_model in (Schedule, OrmQ):
    if admin.site.is_registered(transport_model):
        admin.site.unregister(transport_model)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """What every cluster calls from time to time; made by `jobs.transport.ensure_schedule`."""

    list_display = ["name", "func", "minutes", "next_run"]
    fields = ["name", "func", "schedule_type", "minutes", "repeats", "next_run"]
    readonly_fields = fields
