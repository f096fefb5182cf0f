"""Stage 4: history is browsed, retried, recovered and removed."""
