"""Stage 4: the history is listed, retried, recovered and removed."""
