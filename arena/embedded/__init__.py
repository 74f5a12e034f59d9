"""The batteries: a database, a broker and a supervisor for one machine, when no address of others is given.

`home` knows the places and addresses, `privileges` what happens between fork and exec, `processes` one child,
`postgres` and `broker` the two servers, `supervisor` and `guard` all children together, `commands` serves
`manage.py`, `environment` makes the virtual environment.
"""
