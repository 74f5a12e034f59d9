"""The database as Django speaks to it, less the query that a request would begin with."""

import select

from django.db.backends.postgresql import base
from psycopg import pq


class DatabaseWrapper(base.DatabaseWrapper):
    """Checks a kept connection by listening: a server that ends one says so, or closes it.

    Then, or where anything else is odd, it asks as Django does, by a query. Whoever vanishes without a word is found
    out by neither before the network's own time is over.
    """

    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not self.health_check_done:
            self.health_check_done = is_at_rest(self.connection.pgconn)
        super().close_if_health_check_failed()


def is_at_rest(connection: pq.abc.PGconn) -> bool:
    """Whether the connection is open, in no transaction, and has nothing to read: neither a word nor an end."""
    if connection.status != pq.ConnStatus.OK or connection.transaction_status != pq.TransactionStatus.IDLE:
        return False
    waiting = select.poll()
    waiting.register(connection.socket, select.POLLIN)
    return not waiting.poll(0)
