"""Adapters: one per port and technology."""
