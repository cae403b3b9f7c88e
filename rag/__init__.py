"""The engine: from a question to an answer whose sentences are cited."""
