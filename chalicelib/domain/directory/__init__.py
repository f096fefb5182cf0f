"""Users, groups, API keys and their rights, rate limits, and the audit."""
