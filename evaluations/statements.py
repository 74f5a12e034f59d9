"""Statements that are written once and run with every vote: the database keeps them with their plans."""

from typing import Any, cast

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def open_cursor() -> CursorWrapper:
    """A cursor whose statements are planned at their first run on a connection, which costs several times the run.

    Django's own cursors write the values into the statement, so that each is a new one. This is `connection.cursor()`
    with psycopg's other cursor; settings say whether it may prepare (`prepare_threshold`).
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    # Its types know neither a cursor of psycopg's nor what Django's own `cursor()` ends with.
    database, make_cursor = cast(Any, connection), cast(Any, ServerBindingCursor)
    with database.wrap_database_errors:
        cursor = make_cursor(database.connection)
    return cast(CursorWrapper, database._prepare_cursor(cursor))
