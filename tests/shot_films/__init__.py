"""Films whose every cut, transition and trap is known, because they are put together here."""
