"""Writes inside the commands of links and suppliers."""
