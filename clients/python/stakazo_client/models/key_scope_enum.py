from typing import Literal

KeyScopeEnum = Literal["read", "write"]

KEY_SCOPE_ENUM_VALUES: set[KeyScopeEnum] = {
    "read",
    "write",
}


def check_key_scope_enum(value: str) -> KeyScopeEnum:
    if value in KEY_SCOPE_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KEY_SCOPE_ENUM_VALUES!r}")
