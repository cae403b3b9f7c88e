"""The HTTP API: an OpenAI-compatible one under /v1, and our own under /api/v1."""
