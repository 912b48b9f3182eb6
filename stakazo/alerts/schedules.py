"""What recurs in this room."""

from datetime import timedelta

from jobs.schedules import schedule

schedule("alerts.evaluate", "evaluate_alerts", every=timedelta(minutes=1))
