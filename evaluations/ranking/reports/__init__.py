"""A ranking written down: as a record, as JSON, as CSV, and as a table for a person."""
