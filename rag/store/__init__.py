"""Where papers are kept: a catalogue that is the truth, and three indexes derived from it."""
