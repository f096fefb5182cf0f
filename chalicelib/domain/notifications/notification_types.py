"""The built-in notification types: the names that a webhook may subscribe to, each with its default sentence.

The names are those of the reference API, where a `model` is a data source or a project, and a `collection` a domain. In a
template, `{actor}` is who did it, `{subject}` what it was done to, `{target}` the user or group that it is for.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from chalicelib.domain.errors import UnknownNotificationType

ALL: Final = "ALL_NOTIFICATIONS"
"""A subscription to this name gets all notifications. It is not the type of any notification."""

NAME_LENGTH_MAX: Final = 100
NAME_PATTERN: Final = rf"[A-Za-z][A-Za-z0-9._-]{{0,{NAME_LENGTH_MAX - 1}}}"
_NAME: Final = re.compile(NAME_PATTERN)

WILDCARD: Final = "*"
"""Ends a prefix: ``collection*`` is every type of the catalogue whose name begins with ``collection``."""

TEMPLATES: Final = MappingProxyType({
    "acknowledgedAccess": "{actor} has acknowledged the access to {subject}.",
    "addedToProject": "{actor} has added {target} to {subject}.",
    "apiKeyRevoked": "{actor} has revoked an API key of {target}.",
    "attributeAdded": "{actor} has added an attribute to {target}.",
    "attributeRemoved": "{actor} has removed an attribute from {target}.",
    "attributeUpdated": "{actor} has updated an attribute of {target}.",
    "automaticDomainAssignmentFailure": "The automatic domain assignment of {subject} has failed.",
    "bulkJobStatus": "The status of a bulk job has changed.",
    "certificationRequired": "A policy of {subject} needs certification.",
    "collectionCreated": "{actor} has created {subject}.",
    "collectionDataSourceAdded": "{actor} has added a data source to {subject}.",
    "collectionDataSourceRemoved": "{actor} has removed a data source from {subject}.",
    "collectionDeleted": "{actor} has deleted {subject}.",
    "collectionPermissionGranted": "{actor} has granted {target} a permission on {subject}.",
    "collectionPermissionRevoked": "{actor} has revoked a permission of {target} on {subject}.",
    "collectionUpdated": "{actor} has updated {subject}.",
    "conflictingGlobalPolicies": "Global policies conflict on {subject}.",
    "dataSourceExpired": "{subject} has expired.",
    "dataSourceExpiring": "{subject} is about to expire.",
    "dataSourceUpdated": "{actor} has updated {subject}.",
    "deletedDatasourceRemovedFromProject": "A deleted data source was removed from {subject}.",
    "expiredDatasourceRemovedFromProject": "An expired data source was removed from {subject}.",
    "firstQuery": "{actor} has queried {subject} for the first time.",
    "frameworkCreated": "{actor} has created the framework {subject}.",
    "frameworkDeleted": "{actor} has deleted the framework {subject}.",
    "frameworkUpdated": "{actor} has updated the framework {subject}.",
    "globalPolicyCreated": "{actor} has created the global policy {subject}.",
    "globalPolicyDeleted": "{actor} has deleted the global policy {subject}.",
    "globalPolicyDisabled": "{actor} has disabled the global policy {subject}.",
    "globalPolicyUpdated": "{actor} has updated the global policy {subject}.",
    "groupUserAdded": "{actor} has added {target} to a group.",
    "groupUserDeleted": "{actor} has removed {target} from a group.",
    "healthCheckFailed": "The health check of {subject} has failed.",
    "healthCheckResolved": "The health check of {subject} passes again.",
    "modelAccessApproved": "{actor} has approved the access of {target} to {subject}.",
    "modelAccessDenied": "{actor} has denied the access of {target} to {subject}.",
    "modelAccessRequested": "{actor} has requested access to {subject}.",
    "modelAccessRevoked": "{actor} has revoked the access of {target} to {subject}.",
    "modelAccessUpdated": "{actor} has updated the access of {target} to {subject}.",
    "modelCopied": "{actor} has copied {subject}.",
    "modelCreated": "{actor} has created {subject}.",
    "modelDeleted": "{actor} has deleted {subject}.",
    "modelTagAdded": "{actor} has added a tag to {subject}.",
    "modelTagRemoved": "{actor} has removed a tag from {subject}.",
    "modelUserAdded": "{actor} has added {target} to {subject}.",
    "modelUserDeleted": "{actor} has removed {target} from {subject}.",
    "modelUserJoined": "{actor} has joined {subject}.",
    "nativeIntegrationValidationFailed": "The validation of a native integration has failed.",
    "permissionsUpdated": "{actor} has updated the permissions of {target}.",
    "policyCertificationExpired": "A policy certification of {subject} has expired.",
    "policyUpdated": "{actor} has updated a policy of {subject}.",
    "projectDisabled": "{actor} has disabled {subject}.",
    "projectEqualizationMemberNotInCompliance": "A member of {subject} does not comply with its equalization.",
    "projectEqualizationToggled": "{actor} has switched the equalization of {subject}.",
    "projectUpdated": "{actor} has updated {subject}.",
    "purposeCreated": "{actor} has created the purpose {subject}.",
    "purposeDeleted": "{actor} has deleted the purpose {subject}.",
    "purposeUpdated": "{actor} has updated the purpose {subject}.",
    "queryCanceled": "A query of {actor} on {subject} was canceled.",
    "removedFromProject": "{actor} has removed {target} from {subject}.",
    "switchedCurrentProject": "{actor} has switched to {subject}.",
    "tagCreated": "{actor} has created the tag {subject}.",
    "tagDeleted": "{actor} has deleted the tag {subject}.",
    "tagUpdated": "{actor} has updated the tag {subject}.",
    "taskDeleted": "{actor} has deleted a task of {subject}.",
    "taskValidated": "{actor} has validated a task of {subject}.",
    "userCloned": "{actor} has cloned the user {target}.",
    "userCreated": "{actor} has created the user {target}.",
    "userDeleted": "{actor} has deleted the user {target}.",
    "userDisabled": "{actor} has disabled the user {target}.",
    "userEnabled": "{actor} has enabled the user {target}.",
    "userMigrated": "{actor} has migrated the user {target}.",
    "webhookDisabled": "The webhook {subject} was disabled.",
    "webhookFailing": "The webhook {subject} keeps failing. Its deliveries are on hold.",
    "webhookRecovered": "The webhook {subject} works again.",
})  # fmt: skip

WEBHOOK_DISABLED: Final = "webhookDisabled"
"""Notifies the owner that the service has disabled the webhook."""

WEBHOOK_FAILING: Final = "webhookFailing"
"""Notifies the owner that the circuit has opened."""

WEBHOOK_RECOVERED: Final = "webhookRecovered"
"""Notifies the owner that the circuit has closed again."""

OWN: Final = frozenset({WEBHOOK_DISABLED, WEBHOOK_FAILING, WEBHOOK_RECOVERED})
"""Types that only the service sends, so that owners can trust them."""

OF_CIRCUITS: Final = frozenset({WEBHOOK_FAILING, WEBHOOK_RECOVERED})
"""Types that are not delivered to the webhook that they are about."""

NAMES: Final = (ALL, *TEMPLATES)
_BY_FOLDED_NAME: Final = {name.lower(): name for name in NAMES}


def is_name(text: str) -> bool:
    """Whether `text` is a valid name for a notification type, known or not."""
    return _NAME.fullmatch(text) is not None


def is_prefix(text: str) -> bool:
    """Whether `text` is the beginning of a valid name, followed by the wildcard."""
    return text.endswith(WILDCARD) and is_name(text[:-1])


def canonical_prefix(prefix: str) -> str:
    """A prefix in the spelling of the first built-in name that begins with it; unchanged if no name does."""
    begun = prefix[:-1].lower()
    spelled = next((name[: len(begun)] for name in TEMPLATES if name.lower().startswith(begun)), prefix[:-1])
    return spelled + WILDCARD


def covers(pattern: str, name: str) -> bool:
    """Whether `pattern`, a name or a prefix, covers the type `name`. No prefix covers ``ALL_NOTIFICATIONS``."""
    if not pattern.endswith(WILDCARD):
        return pattern == name
    return name != ALL and name.lower().startswith(pattern[:-1].lower())


def canonical(text: str) -> str:
    """The built-in spelling of a name, case-insensitive; a name that is not built in is unchanged."""
    return _BY_FOLDED_NAME.get(text.lower(), text)


def known(text: str) -> str:
    """The built-in spelling of `text`; raise `UnknownNotificationType` if it is not a built-in type."""
    name = _BY_FOLDED_NAME.get(text.lower())
    if name is None:
        message = f"{text[:NAME_LENGTH_MAX]!r} is not a notification type. GET /webhooks/actions lists them."
        raise UnknownNotificationType(message)
    return name
