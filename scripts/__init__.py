"""Tools for those who work on the source; nothing that runs needs them."""
