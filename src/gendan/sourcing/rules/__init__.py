"""rules of inquiries and their comparison."""
