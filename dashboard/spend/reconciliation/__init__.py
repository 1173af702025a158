"""The provider's books beside ours, for the person who settles a drift."""
