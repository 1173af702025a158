"""Who is in a team: founding, inviting, roles, leaving, and the keys of its scripts."""
