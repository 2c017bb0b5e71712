"""What every other part stands on: errors, clock, randomness, privacy classes, places, leases, loops, the writer."""
