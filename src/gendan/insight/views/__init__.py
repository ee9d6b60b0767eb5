"""Pages of figures; each leads to the lines behind it."""
