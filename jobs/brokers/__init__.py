"""django-q2 brokers that carry bells: fast to hear, and free to lose them.

One per engine, chosen in the settings, so that `run_workers` and a plain `qcluster` use the same:

| engine | woken by | asks without being woken |
|---|---|---|
| PostgreSQL | LISTEN, on a connection of its own | every 2 s |
| SQLite | a change of `PRAGMA data_version`, looked at every few ms | never |
| Redis | BLPOP | never; while Redis is away a bell of its own each 2 s |

A bell is gone as soon as it is taken: nothing is acknowledged, nothing is delivered again. The Job
table knows what is to be done, and the sweeper rings again (docs/jobs.md).
"""
