from typing import Literal

CardsListStatus = Literal["archived", "ready"]

CARDS_LIST_STATUS_VALUES: set[CardsListStatus] = {
    "archived",
    "ready",
}


def check_cards_list_status(value: str) -> CardsListStatus:
    if value in CARDS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CARDS_LIST_STATUS_VALUES!r}")
