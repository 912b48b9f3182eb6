"""The child process that opens uploads: scripts without Django, run by `media_assets.probe`."""
