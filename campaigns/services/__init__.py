"""Every write to rules, campaigns and choices."""
