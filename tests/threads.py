"""Calls that run at the same time, as requests in threads of a web process do."""

import threading

from django.db import connection


def run_all(*calls):
    """Each in a thread with a connection of its own, all at once; what they raised, by name."""
    raised, start = [], threading.Barrier(len(calls))

    def run(call):
        start.wait(timeout=10)
        try:
            call()
        except Exception as error:
            raised.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return raised
