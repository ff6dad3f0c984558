"""Who is who: the register of children, which never trusts one agency's number."""
