"""What the tables are made with, and the one client of Redis or Valkey."""
