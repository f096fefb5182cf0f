"""Webhooks: create, edit, preview and test them."""
