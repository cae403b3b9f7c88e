"""Answers that were given before, given again without being made anew."""
