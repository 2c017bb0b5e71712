"""A transparency log in C2SP formats, and the verifier of the register's ledger.

Reads and proves; knows no database, no settings and nothing of the application around it.
The format is docs/log-format.md. Start reading at `verify`.
"""
