"""Where a declaration comes in and waits until it is sealed."""
