"""A past period again under other caps."""
