"""The ledger's lines, and corrections by hand."""
