"""Everything that leaves this server: where it may go, how long it may take, what is tried again."""
