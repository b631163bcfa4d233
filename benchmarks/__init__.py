"""What the README claims, measured; each module runs alone too."""
