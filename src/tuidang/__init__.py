"""A register of declarations of withdrawal, with a count that anyone can recount."""
