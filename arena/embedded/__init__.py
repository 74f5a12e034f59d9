"""Batteries: a database, a broker and a supervisor for one machine, when none is given by an address."""
