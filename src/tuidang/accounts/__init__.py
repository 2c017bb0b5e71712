"""Members of staff, their roles, how they sign in, and the trail of what they did."""
