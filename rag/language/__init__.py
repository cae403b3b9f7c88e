"""What Footnote knows of language: sentences, names, figures, negation, orders to a model."""
