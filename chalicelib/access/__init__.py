"""Who calls, their rights and rate limits, and the audit."""
