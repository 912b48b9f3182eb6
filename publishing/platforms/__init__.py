"""One client per platform, behind one interface (`base.PlatformClient`)."""
