"""Posthorn: outbound webhooks that a team owns, serverless in its own AWS account."""

import gc

# Loading makes tens of thousands of objects that stay, and Python would look through them again and again for what could go.
# `make bench-imports`: without it the API takes 364 ms of CPU to be ready and not 327, the deliver worker 224 and not 215.
gc.set_threshold(50_000, 20, 20)
