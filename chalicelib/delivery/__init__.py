"""Stage 3: attempts are scheduled, sent and recorded; webhooks that fail or are limited wait."""
