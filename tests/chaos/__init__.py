"""Chaos: real workers, hurt on purpose and by a seed, and a judge that reads what they left.

`make chaos RUNS=… SEED=… [DATABASE_URL=…]`; docs/chaos.md tells what it does and what it found.
"""
