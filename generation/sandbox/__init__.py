"""A built-in provider that speaks the ProductAI contract over real HTTP, with its own books and fault switches."""
