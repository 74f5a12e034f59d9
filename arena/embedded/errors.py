class StartError(Exception):
    """Something can't start. The message says what happened and what to do."""
