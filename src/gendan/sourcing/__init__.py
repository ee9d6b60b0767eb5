"""Sourcing: inquiries to several suppliers, their answers compared, what is awarded becomes orders."""
