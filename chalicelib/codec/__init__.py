"""Webhooks, attempts and records as JSON, for queues and tables."""
