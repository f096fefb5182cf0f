"""Notifications, their types, and the webhooks that match them."""
