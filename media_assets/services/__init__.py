"""Every write to videos, clips and variants."""
