"""What the trial jobs leave in the database. No constraint keeps a second row out: the judge counts."""

from django.db import models


class Effect(models.Model):
    """A job took effect: one row for each time."""

    job_id = models.UUIDField()
    token = models.BigIntegerField()
    kind = models.CharField(max_length=16)

    def __str__(self):
        return f"{self.job_id} {self.kind}"


class Intent(models.Model):
    """A call that is to be made outside, and how far it came (DESIGN, section 6)."""

    job_id = models.UUIDField(primary_key=True)
    handle = models.CharField(max_length=64, blank=True)
    crossing = models.BooleanField(default=False)
    post = models.CharField(max_length=64, blank=True)

    def __str__(self):
        return f"{self.job_id} {self.post or self.handle}"
