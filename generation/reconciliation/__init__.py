"""The provider's books beside ours."""
