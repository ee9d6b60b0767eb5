"""Reading inquiries, for pages and API alike."""
