"""The routes, one file per subject, with the wire models of that subject."""
