"""Credits: holds and captures in an append-only ledger, caps, sums for reports, and the proof that they agree."""
