"""What rules are; the built-in ones with their defaults; how bad a case is. Pure: no database."""
