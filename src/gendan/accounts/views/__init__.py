"""Pages of companies, people, roles and keys."""
