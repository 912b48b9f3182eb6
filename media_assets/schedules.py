"""What recurs in this room."""

from datetime import timedelta

from jobs.schedules import schedule

# What a crash left in the folders of the machine whose worker takes the job.
schedule("media.sweep_temporaries", "sweep_temporaries", every=timedelta(hours=6))
# What is in the storage or the database, once for all machines.
schedule("media.sweep_uploads", "sweep_uploads", every=timedelta(hours=1))
schedule("media.sweep_orphans", "sweep_orphans", every=timedelta(days=1))
