"""Answering from evidence: what is asked, which sentences answer it, and when to refuse."""
