"""Writing to those who run the register, and reading their answer with the message's own code."""
