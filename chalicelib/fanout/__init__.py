"""Stage 2: one notification becomes a delivery for each webhook that subscribes to it."""
