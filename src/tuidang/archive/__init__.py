"""Statements that are published."""
