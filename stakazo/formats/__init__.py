"""How dates look on the screens: the same everywhere, and sortable by eye."""
