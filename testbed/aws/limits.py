"""AWS's limits that the emulated and the simulated account enforce, each with its source on docs.aws.amazon.com.

The engine of the emulated account reads this file too, so it may import only the standard library.
"""

from __future__ import annotations

from typing import Final

INVOCATIONS_IN_CHAIN_MAX: Final = 16
"""A function runs about 16 times in one chain of requests; Lambda stops the next invocation.
"Use Lambda recursive loop detection to prevent infinite loops", lambda/latest/dg/invocation-recursion.html."""

EVENT_BYTES_MAX: Final = 6_291_456
"""What an invocation may be given: 6 MB, synchronous. "Lambda quotas", lambda/latest/dg/gettingstarted-limits.html."""
ANSWER_BYTES_MAX: Final = 6_291_556
"""What an invocation may answer: 6 MB. The figure is that of the error message, "Response payload size exceeded maximum
allowed payload size (6291556 bytes)". "Lambda quotas", lambda/latest/dg/gettingstarted-limits.html."""

MESSAGES_WITHOUT_WINDOW_MAX: Final = 10
"""A batch larger than ten needs a batching window. "Parameters for Amazon SQS event source mappings",
lambda/latest/dg/services-sqs-parameters.html."""
POLLERS_AT_FIRST: Final = 5
POLLERS_MORE_A_MINUTE: Final = 300
POLLERS_MAX: Final = 1_000
"""A mapping starts with five batches at once, and adds up to 300 a minute while messages are available, up to 1,000.
"Configuring scaling behavior for SQS event source mappings", lambda/latest/dg/services-sqs-scaling.html."""

PARTITION_WRITE_UNITS_MAX: Final = 1_000
PARTITION_READ_UNITS_MAX: Final = 3_000
"""Units a second that one partition takes. "Understanding DynamoDB warm throughput in different scenarios",
amazondynamodb/latest/developerguide/warm-throughput-scenarios.html."""
TABLE_WRITE_UNITS_AT_FIRST: Final = 4_000
TABLE_READ_UNITS_AT_FIRST: Final = 12_000
PEAK_DOUBLES_AFTER_S: Final = 1_800
"""A new on-demand table takes this many units a second; one with a peak takes twice the peak, and may throttle if the
traffic more than doubles within 30 minutes. "DynamoDB on-demand capacity mode",
amazondynamodb/latest/developerguide/on-demand-capacity-mode.html."""
