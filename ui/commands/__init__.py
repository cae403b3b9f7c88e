"""What each command does; `ui.cli` says how it is called."""
