"""Writes inside the commands of the purchase chain."""
