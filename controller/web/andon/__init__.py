"""The andon board: for everyone in the hall, from five metres and more."""
