"""Writes inside the commands of handheld devices."""
