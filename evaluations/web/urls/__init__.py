"""Addresses, a file an area. Order: public, rating, then what staff use."""
