"""The paths of this room, from the root."""

from django.urls import URLPattern, path

from stakazo.identity import key_views, views

urlpatterns: list[URLPattern] = [
    path("auth/register", views.RegisterView.as_view(), name="auth-register"),
    path("auth/login", views.LoginView.as_view(), name="auth-login"),
    path("auth/refresh", views.RefreshView.as_view(), name="auth-refresh"),
    path("auth/logout", views.LogoutView.as_view(), name="auth-logout"),
    path("auth/me", views.MeView.as_view(), name="auth-me"),
    path("auth/password", views.PasswordView.as_view(), name="auth-password"),
    path("auth/keys", key_views.KeysView.as_view(), name="auth-keys"),
    path("auth/keys/<uuid:id>", key_views.KeyView.as_view(), name="auth-key"),
    path("auth/keys/<uuid:id>/rotate", key_views.RotateKeyView.as_view(), name="auth-key-rotate"),
    path("auth/keys/<uuid:id>/revoke", key_views.RevokeKeyView.as_view(), name="auth-key-revoke"),
    path("auth/sessions", views.SessionsView.as_view(), name="auth-sessions"),
    path("auth/sessions/<uuid:id>", views.SessionView.as_view(), name="auth-session"),
]
