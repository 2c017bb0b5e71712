"""What the machine makes of a declaration: reasons, lane, cluster. It refuses nothing."""
