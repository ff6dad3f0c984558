"""Who may see each entry of a chronology, and why: the one way out."""
