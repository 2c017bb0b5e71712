"""What a code opens."""
