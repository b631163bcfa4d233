"""What the core needs from outside; every docstring is a specification with a test."""
