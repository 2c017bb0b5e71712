"""The tuidang command."""
