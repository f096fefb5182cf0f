"""Notifications, their types, and how they match webhooks."""
