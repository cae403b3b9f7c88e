"""The bot: what it answers and remembers on a chat platform, whichever that is."""
