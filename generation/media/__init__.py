"""Pictures and the places where their files are kept."""
