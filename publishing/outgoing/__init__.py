"""Webhooks out: what we tell other people's addresses, after the Standard Webhooks specification."""
