"""The ledger: what happened, appended and sealed, and never changed."""
