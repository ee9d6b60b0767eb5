"""Who is told, where and when: channels, what people chose, deliveries (docs/decisions/0027-notices.md)."""
