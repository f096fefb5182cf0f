"""Users, groups and API keys, and what their changes mean for webhooks."""
