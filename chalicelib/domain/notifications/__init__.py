"""Notifications, their types, and which webhooks want them."""
