"""Every write of this room: accounts, logins, keys and tickets."""

from stakazo.identity.errors import LoginRefused, RefreshRefused
from stakazo.identity.services.accounts import change_password, register_user
from stakazo.identity.services.browsers import end_browser_login, note_browser_login
from stakazo.identity.services.ending import end_all_logins, end_login_of
from stakazo.identity.services.keys import (
    create_api_key,
    open_with_key,
    revoke_api_key,
    rotate_api_key,
    set_key_budget,
)
from stakazo.identity.services.logins import Tokens, end_login, login, logout, refresh
from stakazo.identity.services.secret_texts import digest
from stakazo.identity.services.tickets import TICKET_LIFE_S, issue_ticket, take_ticket

__all__ = [
    "TICKET_LIFE_S",
    "LoginRefused",
    "RefreshRefused",
    "Tokens",
    "change_password",
    "create_api_key",
    "digest",
    "end_all_logins",
    "end_browser_login",
    "end_login",
    "end_login_of",
    "issue_ticket",
    "login",
    "logout",
    "note_browser_login",
    "open_with_key",
    "refresh",
    "register_user",
    "revoke_api_key",
    "rotate_api_key",
    "set_key_budget",
    "take_ticket",
]
