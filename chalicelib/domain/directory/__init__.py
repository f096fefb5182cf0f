"""Users, groups, API keys, and their rights."""
