"""Failures of analysis.

StakazoError
├── NothingToSee      422  the file has no picture that can be decoded
├── BadClipCount      400  nobody can have that many clips of one video
├── BadClipLength     400  nobody can have clips of that length
├── BadWeights        400  the weights are not what the choice of clips understands
├── VideoGone         404  the video, or its file, is not there any more
├── NoSuchAlternative 404  the last choice of clips left no alternative with this span
├── AnalysisRuns      409  the video is being analysed with other parameters
├── NotAnalysed       409  nobody has analysed the video yet
├── AnalysisStopped   503  the processes that watch the video died, or took too much memory
└── AnalysisUnusable  409  what was stored of the analysis cannot be used; analyse the video again
    ├── AnalysisDamaged    it cannot be read
    └── AnalysisOutdated   it was made by another version or with other parameters
"""

from stakazo.core.errors import Conflict, InvalidInput, NotFound, StakazoError, Unavailable


class NothingToSee(StakazoError):
    """The file has no picture that can be decoded."""

    code, http_status, permanent = "media.nothing-to-see", 422, True


class VideoGone(NotFound):
    """The video, or its file, is not there any more."""

    code = "media.video-gone"


class BadClipCount(InvalidInput):
    """Nobody can have that many clips of one video."""

    code = "media.bad-clip-count"


class BadClipLength(InvalidInput):
    """No clip can be as short or as long as that, or the shortest is longer than the longest."""

    code = "media.bad-clip-length"


class BadWeights(InvalidInput):
    """The weights name a feature that clips do not have, or give it something other than a number."""

    code = "media.bad-weights"


class NoSuchAlternative(NotFound):
    """The last choice of clips left no alternative with this span."""

    code = "media.no-such-alternative"


class AnalysisRuns(Conflict):
    """The video is being analysed with other parameters; wait until that is over."""

    code = "media.analysis-runs"


class NotAnalysed(Conflict):
    """Nobody has analysed the video yet."""

    code = "media.not-analysed"


class AnalysisStopped(Unavailable):
    """The processes that watch the video died, or took more memory than we allow."""

    code = "media.analysis-stopped"


class AnalysisUnusable(Conflict):
    """What was stored of the analysis cannot be used; analyse the video again."""

    code = "media.analysis-unusable"


class AnalysisDamaged(AnalysisUnusable):
    """What was stored of the analysis cannot be read."""

    code = "media.analysis-damaged"


class AnalysisOutdated(AnalysisUnusable):
    """What was stored of the analysis was made by another version or with other parameters."""

    code = "media.analysis-outdated"
