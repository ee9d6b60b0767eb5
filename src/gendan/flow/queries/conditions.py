"""Conditions as flows know them, for other contexts that judge by the same words."""

from __future__ import annotations

from gendan.flow.rules.conditions import MAX_LENGTH, BrokenExpression, compiled, holds, names, value

__all__ = ["MAX_LENGTH", "BrokenExpression", "compiled", "holds", "names", "value"]
