"""Sending a message of support from abroad, and what its code opens: how it stands, and taking it down."""
