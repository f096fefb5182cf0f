"""What an owner decides about a webhook, and how the webhook has been doing."""
