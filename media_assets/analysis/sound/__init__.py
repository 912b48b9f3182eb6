"""What is heard: loudness, onsets, tempo and beats, silence, speech and music.

One Listener takes the decoded sound of a file in time order and keeps curves, never the sound. What
it makes of it depends on the samples and their times alone, not on how the frames were cut.
"""

from media_assets.analysis.sound.heard import SILENT, STEP_MS, Sound
from media_assets.analysis.sound.listener import Listener

__all__ = ["SILENT", "STEP_MS", "Listener", "Sound"]
