"""What the hub records: immutable events with fixed stored names."""
