"""The payload that a receiver gets."""
