"""The browsable API, in our own page."""

from rest_framework.renderers import BrowsableAPIRenderer


class BrowsableRenderer(BrowsableAPIRenderer):
    """DRF's browsable API with our template."""

    template = "rest_framework/api.html"
