"""Every field of every table has a privacy class: a test fails on one that has none, and the privacy page is checked against them.

A model states them in `PRIVACY`, a mapping of field name to class.
"""

from __future__ import annotations

from enum import StrEnum


class PrivacyClass(StrEnum):
    """What a field may hold, and so where it may appear."""

    PUBLIC = "public"
    """Published, or derived from what is published."""
    INTERNAL = "internal"
    """Says nothing about a person: states, counters, settings, keys of rows that are random."""
    DERIVED = "derived"
    """Made from a code by a one-way function, or a hash with a secret salt: useless without the code."""
    SEALED = "sealed"
    """Ciphertext about a person. Its key is not in the database."""
    STAFF = "staff"
    """About a member of staff. Never in logs; shown to staff administrators."""
    SECRET = "secret"  # noqa: S105 -- the name of a class, not a secret
    """Opens something: password hashes, session keys, one-time links (hashed)."""
