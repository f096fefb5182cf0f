"""Attribute values of every kind that DynamoDB has, as they stand in JSON."""

from __future__ import annotations

import base64

from hypothesis import strategies as st

BYTES = st.binary(max_size=20).map(lambda raw: base64.b64encode(raw).decode())
NUMBERS = st.integers().map(str)
TEXTS = st.text(max_size=20)
FLAT = st.one_of(
    TEXTS.map(lambda each: {"S": each}),
    NUMBERS.map(lambda each: {"N": each}),
    BYTES.map(lambda each: {"B": each}),
    st.booleans().map(lambda each: {"BOOL": each}),
    st.just({"NULL": True}),
    st.lists(TEXTS, max_size=3).map(lambda each: {"SS": each}),
    st.lists(NUMBERS, max_size=3).map(lambda each: {"NS": each}),
    st.lists(BYTES, max_size=3).map(lambda each: {"BS": each}),
)
VALUES = st.recursive(
    FLAT,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: {"L": each}),
        st.dictionaries(TEXTS, inner, max_size=3).map(lambda each: {"M": each}),
    ),
    max_leaves=5,
)
ITEMS = st.dictionaries(TEXTS, VALUES, max_size=4)
