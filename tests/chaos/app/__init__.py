"""An app with job types whose effects can be counted from outside of the database."""
