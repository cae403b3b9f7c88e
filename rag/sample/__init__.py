"""The sample shelf: summaries of well-known papers, written for Footnote."""
