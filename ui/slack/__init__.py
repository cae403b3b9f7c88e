"""Slack: the platform that the bot speaks on, through Bolt."""
