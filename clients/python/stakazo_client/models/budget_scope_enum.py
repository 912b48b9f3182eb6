from typing import Literal

BudgetScopeEnum = Literal["account", "app"]

BUDGET_SCOPE_ENUM_VALUES: set[BudgetScopeEnum] = {
    "account",
    "app",
}


def check_budget_scope_enum(value: str) -> BudgetScopeEnum:
    if value in BUDGET_SCOPE_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BUDGET_SCOPE_ENUM_VALUES!r}")
