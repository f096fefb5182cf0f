"""What an emulator does not support, and the tests that are skipped on it, by name. They are counted at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EVERY: Final = "every test"
Tests = Mapping[str, tuple[str, ...]]
"""File → names of tests."""

_QUEUES: Final[Tests] = {"test_queues": (EVERY,)}
_TRANSACTIONS: Final[Tests] = {
    "test_directory": (EVERY,),
    "test_directory_races": (EVERY,),
    "test_notification_types": (EVERY,),
    "test_standings": (EVERY,),
    "test_recoveries": (EVERY,),
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
        "test_a_change_of_a_disabled_webhook_enables_it_or_leaves_it_disabled",
        "test_a_webhook_that_has_succeeded_since_is_not_disabled",
        "test_a_webhook_that_was_disabled_meanwhile_is_not_changed_as_it_was_read",
        "test_health_changes_without_the_version",
        "test_the_second_of_two_changes_of_the_same_health_is_not_made",
        "test_the_service_disables_a_webhook_and_changes_nothing_else",
        "test_what_was_learned_of_an_earlier_version_is_not_written_on_the_present_one",
    ),
    "test_sealed_webhooks": (
        "test_a_function_without_the_right_to_encrypt_disables_a_webhook_that_is_encrypted",
        "test_a_function_without_the_right_to_encrypt_leaves_one_in_plain_that_was_written_so",
    ),
}
_REQUESTS: Final[Tests] = {"test_requests_made": (EVERY,)}

_THREADS: Final[Tests] = {
    "test_directory_races": (
        "test_of_two_admins_who_remove_each_other_at_once_one_is_left",
        "test_six_requests_at_once_make_no_more_keys_than_there_may_be",
        "test_six_requests_at_once_remove_and_make_keys_and_the_count_stays_right",
    ),
    "test_counters": ("test_of_many_who_add_at_once_each_sees_a_total_of_their_own",),
}

LACKS: Final[Mapping[str, Mapping[str, Tests]]] = {
    "dynalite": {
        "queues": _QUEUES,
        "transactions": _TRANSACTIONS,
        "condition that finds two maps equal": _EQUAL_MAPS,
        "answer that shows the item which failed a condition, so that more is read": _REQUESTS,
    },
    "moto": {"writes of several threads at once: it copies its tables without a lock": _THREADS},
    "dynamodb_local": {"queues": _QUEUES},
}
"""Emulator → what it does not support → tests."""


def reason(engine: str, file: str, test: str) -> str | None:
    """Why a test is not run on an emulator; ``None`` if it is."""
    for lacking, tests in LACKS.get(engine, {}).items():
        if {test, EVERY} & set(tests.get(file, ())):
            return f"{engine} has no {lacking}"
    return None
