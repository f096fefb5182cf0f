"""Webhooks: the fields that an owner sets, and the webhook's health."""
