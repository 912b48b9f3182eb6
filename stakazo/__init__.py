"""Stakazo: long videos in, results on social networks out, every step remembered."""
