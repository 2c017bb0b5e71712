"""Codes and what hangs on them: day keys, sealed copies, epochs, form tokens."""
