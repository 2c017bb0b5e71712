"""What other apps' templates show of the newsletter."""
