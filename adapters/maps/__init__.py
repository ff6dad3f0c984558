"""Code maps as data: which of an agency's codes is which of the hub's, with a version line each."""
