"""Canonical JSON (RFC 8785) and its hashes: the same value, the same bytes, everywhere."""

import hashlib
from typing import Any

import rfc8785


def encode_canonical(value: Any) -> bytes:
    """UTF-8 bytes of the value. Raises rfc8785.CanonicalizationError for what JSON can't say (NaN, 2**53)."""
    return rfc8785.dumps(value)


def hash_canonical(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(encode_canonical(value)).hexdigest()


def hash_leaf(record: bytes) -> bytes:
    """The leaf hash of RFC 6962 §2.1: SHA-256 of a zero byte and the record."""
    return hashlib.sha256(b"\x00" + record).digest()
