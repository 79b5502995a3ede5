"""Tasks to learn, one file each."""
