"""A team's account at its provider: the typed client, its connection, and the plan's rate limit."""
