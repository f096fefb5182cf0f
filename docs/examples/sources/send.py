"""Puts notifications on the queue: ten to a request, and what fails of a request again, with growing waits.

NOTIFICATIONS_QUEUE_URL=… python send.py < notifications.jsonl   # a notification in each line
"""

import json
import os
import random
import sys
import time

import boto3

MESSAGES_MAX = 10
REQUEST_BYTES_MAX = 1_048_576
TRIES = 6


def send(sqs, queue_url, notifications):
    """Send all; raise RuntimeError with what SQS will not have, or did not take in the end."""
    for batch in batches(notifications):
        left = {str(number): body for number, body in enumerate(batch)}
        for attempt in range(TRIES):
            if attempt:
                time.sleep(random.uniform(0, 0.1 * 2**attempt))
            entries = [{"Id": number, "MessageBody": body} for number, body in left.items()]
            failed = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed", [])
            if any(each["SenderFault"] for each in failed):
                raise RuntimeError(failed)  # too large, or characters that SQS does not take: again is no use
            left = {each["Id"]: left[each["Id"]] for each in failed}
            if not left:
                break
        else:
            raise RuntimeError(failed)


def batches(notifications):
    """Share the notifications out among requests: a request holds ten messages, and a megabyte."""
    batch, size = [], 0
    for notification in notifications:
        body = json.dumps(notification)
        length = len(body.encode())
        if batch and (len(batch) == MESSAGES_MAX or size + length > REQUEST_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch


if __name__ == "__main__":
    send(boto3.client("sqs"), os.environ["NOTIFICATIONS_QUEUE_URL"], map(json.loads, sys.stdin))
