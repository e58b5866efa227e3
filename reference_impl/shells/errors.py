"""What a user can cure."""


class SetupError(Exception):
    """The emulator cannot start as asked; the text is one line that says why and what to do."""
