"""Posthorn: outbound webhooks that a team owns, serverless in its own AWS account."""
