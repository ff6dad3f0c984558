"""Read models: each owns its tables, its SQL and its rebuild."""
