"""Ways from a claim to its delivery, one file each."""
