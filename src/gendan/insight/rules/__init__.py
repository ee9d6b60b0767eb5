"""What a supplier's figures are, how they become points, and what is proposed; pure."""
