"""The access log: who was shown what, and who was refused."""
