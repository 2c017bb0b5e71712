"""What a person decides: whether a declaration counts, and apart from it whether its text is published."""
