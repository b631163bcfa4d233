"""Test classes, one module per port: subclass one and override its fixture."""
