"""Users, groups, API keys, and what their rights allow."""
