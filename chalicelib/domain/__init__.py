"""The business of webhooks, pure: no I/O, no clock, no AWS."""
