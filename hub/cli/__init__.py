"""The command line: the same doors as HTTP, for a prompt."""
