"""Models: texts to vectors, and the judge that reads a question beside an abstract."""
