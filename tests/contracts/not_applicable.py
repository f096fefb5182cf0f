"""What an engine lacks, and the tests that are therefore not run on it: they are skipped by name, and counted at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EVERY: Final = "every test"
Tests = Mapping[str, tuple[str, ...]]
"""File → names of tests."""

_QUEUES: Final[Tests] = {"test_queues": (EVERY,)}
_TRANSACTIONS: Final[Tests] = {
    "test_directory": (
        "test_a_deleted_key_is_gone",
        "test_a_user_comes_back_as_put",
        "test_putting_a_user_again_replaces_them",
        "test_names_are_those_of_the_users_that_exist",
        "test_users_come_in_the_order_of_their_ids_page_by_page",
        "test_a_change_of_a_user_is_noted_until_it_is_forgotten",
        "test_a_deletion_stays_on_the_note_when_the_user_comes_back",
        "test_a_note_that_is_worked_on_is_no_ones_left_behind",
        "test_a_note_of_an_earlier_change_is_neither_renewed_nor_forgotten",
        "test_a_deleted_user_takes_all_their_keys_along",
        "test_a_key_comes_back_as_put",
        "test_deleting_what_is_not_there_is_no_error",
        "test_putting_a_key_again_changes_nothing",
        "test_role_and_groups_are_carried_over_to_the_keys_of_the_user_alone",
        "test_the_keys_of_a_user_come_oldest_first",
    ),
    "test_notification_types": (EVERY,),
    "test_standings": (EVERY,),
    "test_races": (
        "test_a_change_of_a_webhook_that_is_deleted_meanwhile_leaves_no_rows",
        "test_a_key_that_is_revoked_while_its_user_changes_does_not_come_back",
        "test_a_late_row_of_a_type_does_not_take_a_newer_ones_place",
        "test_a_webhook_that_is_made_while_a_type_is_added_has_it",
        "test_wherever_the_two_overlap_the_webhook_has_the_type",
    ),
    "test_refusals": (
        "test_a_call_of_a_transaction_has_a_token_of_its_own_and_its_repetitions_the_same",
        "test_a_deletion_that_meets_another_write_is_tried_again",
    ),
    "test_webhook_store": (
        "test_a_deleted_webhook_is_gone_for_every_reader",
        "test_a_deleted_webhook_is_noted_without_its_secrets_until_it_is_purged",
        "test_a_finished_purge_is_not_renewed",
        "test_a_renewed_note_counts_from_its_renewal",
        "test_deleting_twice_is_deleting_once",
        "test_purging_takes_all_subscriptions_away",
        "test_the_unpurged_are_counted_no_further_than_asked",
    ),
}
_EQUAL_MAPS: Final[Tests] = {
    "test_webhook_store": (
        "test_an_update_leaves_the_health_alone",
        "test_health_changes_without_the_version",
        "test_the_second_of_two_changes_of_the_same_health_is_not_made",
    )
}
_REQUESTS: Final[Tests] = {"test_requests_made": (EVERY,)}

LACKS: Final[Mapping[str, Mapping[str, Tests]]] = {
    "dynalite": {
        "queues": _QUEUES,
        "transactions": _TRANSACTIONS,
        "condition that finds two maps equal": _EQUAL_MAPS,
        "answer that shows the item which failed a condition, so that more is read": _REQUESTS,
    },
    "dynamodb_local": {"queues": _QUEUES},
}
"""Engine → what it lacks → tests."""


def reason(engine: str, file: str, test: str) -> str | None:
    """Why a test is not run on an engine; ``None`` where it is."""
    for lacking, tests in LACKS.get(engine, {}).items():
        if {test, EVERY} & set(tests.get(file, ())):
            return f"{engine} has no {lacking}"
    return None
