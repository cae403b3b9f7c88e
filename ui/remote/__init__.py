"""A client of our own API that speaks as the engine and the shelf do."""
