"""What returns to suppliers keep aside of receipt lines, in SQL."""

# What returns ask for of a receipt's line that has not left yet; what left is counted on the line.
ASKED = """
coalesce((SELECT sum(x.quantity) FROM purchasing_purchasereturnline x JOIN purchasing_purchasereturn y
  ON y.id = x.purchase_return_id WHERE x.receipt_line_id = {line} AND x.rejected = {rejected}
  AND y.state IN ('draft', 'approved')), 0)
"""
