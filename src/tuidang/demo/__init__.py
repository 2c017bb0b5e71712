"""The invented world the register can be filled with."""
