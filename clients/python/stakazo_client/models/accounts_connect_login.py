from typing import Literal

AccountsConnectLogin = Literal["facebook"]

ACCOUNTS_CONNECT_LOGIN_VALUES: set[AccountsConnectLogin] = {
    "facebook",
}


def check_accounts_connect_login(value: str) -> AccountsConnectLogin:
    if value in ACCOUNTS_CONNECT_LOGIN_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNTS_CONNECT_LOGIN_VALUES!r}")
