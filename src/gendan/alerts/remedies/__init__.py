"""What helps against an exception: each a command of the context that owns the document, recorded with its effect.

``kinds`` says what a remedy is, ``registry`` lists them, ``situation`` reads what they are decided by, ``doing`` offers
and does them, ``urging`` asks suppliers.
"""
