"""Prompts: one Markdown file each, with $placeholders."""
