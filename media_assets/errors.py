"""Failures of media.

StakazoError
└── UnknownFormat   400  no render format has this name
"""

from stakazo.core.errors import InvalidInput


class UnknownFormat(InvalidInput):
    """No render format has this name."""

    code = "media.unknown-format"
