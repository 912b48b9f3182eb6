"""Posts under crashes and faults, compared with what the platforms' simulator really has.

`make chaos-publish RUNS=… SEED=…`: see docs/chaos.md.
"""
