"""What is said to a person."""


class UserFacingError(Exception):
    """What was asked for cannot be, and nothing was changed.

    The text is one clear sentence for a person, which says what stands against it.
    """
