"""A delivery and its attempts: schedule, signature, outcome."""
