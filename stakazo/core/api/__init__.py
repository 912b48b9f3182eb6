"""How our API speaks, everywhere the same."""
