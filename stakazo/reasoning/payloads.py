"""What the job of this room is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AiReasoning:
    """Look at the whole house. trigger: asked or scheduled."""

    trigger: str = "asked"
