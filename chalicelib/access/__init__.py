"""Who calls, what they may do, how often, and the audit of what they did."""
