from typing import Literal

JobQueueActAct = Literal["drain", "pause", "resume"]

JOB_QUEUE_ACT_ACT_VALUES: set[JobQueueActAct] = {
    "drain",
    "pause",
    "resume",
}


def check_job_queue_act_act(value: str) -> JobQueueActAct:
    if value in JOB_QUEUE_ACT_ACT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {JOB_QUEUE_ACT_ACT_VALUES!r}")
