"""The shapes in which receivers want their bodies."""

from __future__ import annotations

from enum import StrEnum


class BodyFormat(StrEnum):
    """For whom a body is made."""

    SLACK = "slack"
    """The reference page's body, key for key; Slack, Mattermost and Discord's `/slack` URLs take it."""
    STANDARD = "standard"
    """The payload that the Standard Webhooks specification recommends: type, timestamp, data."""
    DISCORD = "discord"
    TEAMS = "teams"
    """An Adaptive Card, for Workflows."""
    GOOGLE_CHAT = "googlechat"
