"""The newsletter: who reads, apart from everything about declarations; signing up, confirming, leaving; letters."""
