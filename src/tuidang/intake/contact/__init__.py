"""Writing to those who run the register, without e-mail: sealed to the right role's key, answered under the sender's code."""
