"""Reading flows, running approvals, who stands in, when people work."""
