"""Health, and keeping the register running."""
