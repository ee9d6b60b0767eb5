"""Approval: decides whether a document that was submitted is approved at once or waits for somebody."""
