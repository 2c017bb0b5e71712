"""Objecting to a statement, without a code and without a name, and reading the answer with a code of its own."""
