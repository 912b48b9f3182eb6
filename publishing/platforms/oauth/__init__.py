"""Connecting accounts: the sign-ins of the platforms, and how their tokens are renewed."""

from publishing.platforms.oauth.facebook import FacebookOAuth
from publishing.platforms.oauth.google import GoogleOAuth
from publishing.platforms.oauth.instagram import InstagramOAuth
from publishing.platforms.oauth.tiktok import TikTokOAuth

__all__ = ["FacebookOAuth", "GoogleOAuth", "InstagramOAuth", "TikTokOAuth"]
