"""The same with django-q2 as its documentation starts: a name, the ORM broker, the rest by default."""

from tests.benchmarks.noop.ours import *  # noqa: F403

Q_CLUSTER = {"name": "stock", "orm": "default", "workers": 2}
