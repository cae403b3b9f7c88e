"""What Footnote knows of language: sentences, LaTeX remnants, words that carry meaning."""
