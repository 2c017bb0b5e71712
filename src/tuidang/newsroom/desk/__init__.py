"""The desk of editors: what is written, translated, handed to a second pair of eyes, and put out."""
