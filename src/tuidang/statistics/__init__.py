"""The figures that are shown and fed: derived, and made anew at any time."""
