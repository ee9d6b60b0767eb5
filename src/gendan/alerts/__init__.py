"""Exceptions: what is late, short, wrong or double is found by rules, once, and told to who can mend it."""
