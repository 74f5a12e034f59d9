"""Responses asked from providers: runs, their attempts within rate and budget, what came back, what is published."""
