"""Django's backend for PostgreSQL, which finds out without a query whether a kept connection is well."""
