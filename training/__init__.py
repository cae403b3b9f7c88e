"""How the weights that ship were made, a command each; none is needed to run Footnote."""
