"""From counted votes to what is published: documents, their analyses, bundles. Pure: no Django, no database, no clock.

Who holds a snapshot's votes and parameters computes the same bytes with this room alone.
"""
