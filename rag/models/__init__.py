"""Models: texts to vectors, the judge that reads a question beside an abstract, chat models."""
