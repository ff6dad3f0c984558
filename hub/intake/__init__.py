"""The only way in: every record ends as exactly one of six outcomes, and nothing is dropped."""
