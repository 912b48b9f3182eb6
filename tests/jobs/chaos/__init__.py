"""An app with job types whose effects are lines in a file outside the database."""
