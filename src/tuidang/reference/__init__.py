"""What the register counts by: organisations, regions, channels, reasons, and the places that people write."""
