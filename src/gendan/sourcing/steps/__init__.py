"""Writes of inquiries inside a command."""
