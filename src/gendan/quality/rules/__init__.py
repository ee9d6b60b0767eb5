"""What quality decides, without Django and without the database."""
