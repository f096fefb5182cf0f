"""Tasks of the background queue."""
