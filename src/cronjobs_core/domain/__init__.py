"""The rules: entities, values and what may happen to them; no input or output."""
