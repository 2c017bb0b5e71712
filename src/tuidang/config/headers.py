"""Security headers, for pages by Django and for files served before it."""

from __future__ import annotations

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

STAFF_POLICY = _POLICY + "; script-src 'self'"
"""For pages of staff alone: one small script of ours, served as a file."""

SECURITY_HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)

PAGE_HEADERS: tuple[tuple[str, str], ...] = (
    *SECURITY_HEADERS,
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""For what Django answers: unless a view says otherwise, nothing of it is kept anywhere."""

ONION = "Onion-Location"
"""Tor Browser offers its reader the address that this names."""
