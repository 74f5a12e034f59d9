"""Recorded votes from files of any common shape: CSV, JSON Lines, Parquet; named or mapped columns."""
