"""Every write to accounts, publications and attempts."""
