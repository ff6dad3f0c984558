"""One agency's dialect each: bytes in, updates out, and nothing else."""
