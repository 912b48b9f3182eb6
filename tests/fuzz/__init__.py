"""The API against its own schema: schemathesis, seeded, on a live server with something in each room."""
