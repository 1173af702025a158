"""What was spent, by day and by what for."""
