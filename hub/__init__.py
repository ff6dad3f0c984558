"""The ledger and the doors of the chronology hub."""
