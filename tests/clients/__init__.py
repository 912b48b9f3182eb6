"""The generated clients, against a live server."""
