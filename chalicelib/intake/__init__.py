"""Stage 1: notifications are accepted, deduplicated, and scheduled if they are for later."""
