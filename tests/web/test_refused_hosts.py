"""A request by a name that is not ours is refused, and takes a line of the log without a trace."""

import logging

from django.conf import settings


def test_it_is_a_warning_without_a_trace(client, caplog):
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
    (record,) = (each for each in caplog.records if each.name == "django.security.DisallowedHost")
    line = logging.Formatter(**{"fmt": settings.LOGGING["formatters"]["line"]["format"]}).format(record)
    assert record.levelno == logging.WARNING
    assert "elsewhere.example" in line
    assert "Traceback" not in line
    assert len(line.splitlines()) == 1
