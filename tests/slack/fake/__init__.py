"""A Slack of our own: a real server on loopback that keeps state and refuses what Slack refuses."""
