"""The HTTP API: agencies publish, practitioners read, each error says what to do next."""
