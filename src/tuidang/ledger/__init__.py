"""Sealing, receipts, and the count from the tables."""
