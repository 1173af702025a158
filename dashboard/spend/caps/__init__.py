"""Caps: setting, raising, warning, and why one stopped a batch."""
