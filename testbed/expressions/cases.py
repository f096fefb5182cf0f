"""Expressions over notifications: typical ones, and hostile ones that try to use much CPU for few units of work.

`tests/domain/test_work.py` requires that each hostile one pays for its CPU. `python -m benchmarks.expressions` measures all.
"""

from __future__ import annotations

import json
import random
from typing import Final, NamedTuple

from chalicelib.domain.expressions.evaluation import Document

_RANDOM: Final = random.Random(13)  # noqa: S311 - no secret


class Case(NamedTuple):
    """An expression over a notification."""

    expression: str
    document: Document


def _document(**members: object) -> Document:
    return Document(json.dumps(members, ensure_ascii=False))


def _numbers(count: int) -> str:
    return ",".join(map(str, range(count)))


def many(expression: str, times: int | None = None) -> str:
    """A list of the same, as long as an expression may be."""
    return "[" + ",".join([expression] * (times or 990 // (len(expression) + 1))) + "]"


SMALL: Final = _document(modelType="datasource", modelId=15, text="Steve Touw has deleted it.", tags=["a", "b"], actionBy=1)
NUMBERS: Final = _document(n=[1] * 20_000)
FLOATS: Final = _document(
    plain=[_RANDOM.random() for _ in range(4_000)],
    huge=[_RANDOM.random() * 1.7e308 for _ in range(2_000)],
    tiny=[_RANDOM.random() * 1e-307 for _ in range(2_000)],
)
INTEGERS: Final = _document(
    n=[int("9" * 3_999) - i for i in range(30)], i=int("8" * 3_999), m=[int("9" * 3_000), 1e300, 3.5]
)
WORDS: Final = _document(w=[f"word{_RANDOM.randrange(10**6)}" for _ in range(8_000)])
ALIKE: Final = _document(w=["a" * 1_000 + str(i) for i in range(100)], v=["a" * 1_000 + str(i) for i in range(10)])
TEXT: Final = _document(t="a" * 29_999, u="a" * 60_000, d="1" * 4_299)
ACCENTS: Final = _document(t="é" * 25_000, s="\U0001f600" * 10_000, c="\x01" * 3_000, q='"' * 10_000)
LISTS: Final = _document(e=[[]] * 30_000, o=[{}] * 5_000)
OBJECT: Final = _document(o={f"key{i}": i for i in range(7_000)})
NESTED: Final = Document('{"n":' + "[" * 60 + _numbers(20_000) + "]" * 60 + "}")

REPORTED: Final = f"map(&min_by(`[0,{_numbers(60)}]`,&abs(@)),`[0,{_numbers(70)}]`)==`1`"
"""44 ms of CPU, legal, and only 294 characters of it needed: it was reported as an attack."""

TYPICAL: Final = {
    "filter": Case("modelType == 'datasource' && modelId > `10`", SMALL),
    "filter, two": Case("contains(tags, 'a') && (modelType == 'x' || actionBy == `1`)", SMALL),
    "transform": Case("{summary: text, id: modelId, by: actionBy}", SMALL),
    "transform, nested": Case("{event: {kind: modelType, id: modelId}, who: actionBy, all: tags[*].{t: @}}", SMALL),
    "transform, whole": Case("@", NUMBERS),
}

HOSTILE: Final = {
    "reported": Case(REPORTED, SMALL),
    "projection": Case("n[*].a", NUMBERS),
    "projection of itself": Case("n[*]", NUMBERS),
    "projection of lists": Case("n[*].[@,@,@]", NUMBERS),
    "projection of objects": Case("n[*].{a:@,b:@}", NUMBERS),
    "projection of values": Case("e[*].*", LISTS),
    "projection of flattened": Case("e[*][]", LISTS),
    "nested projections": Case("n" + "[*]" * 50, NESTED),
    "filter projection": Case("n[?@==`2`]", NUMBERS),
    "and": Case("n[?@&&@&&@]", NUMBERS),
    "or": Case("n[?a||b||c]", NUMBERS),
    "not": Case("n[?!@]", NUMBERS),
    "greater": Case("n[?@>`2`]", NUMBERS),
    "map": Case("map(&@,n)", NUMBERS),
    "map of map": Case("map(&map(&@,`[1,2,3]`),n)", NUMBERS),
    "map of length": Case("map(&length(`[]`),n)", NUMBERS),
    "map of type": Case("map(&type(@),n)", NUMBERS),
    "map of contains": Case("map(&contains(`[" + _numbers(200) + "]`,'x'),n)", NUMBERS),
    "map of contains, numbers": Case("map(&contains(`[" + _numbers(200) + "]`,`1.5`),n)", NUMBERS),
    "map of contains, lists": Case("map(&contains(`[[1],[2],[3],[4],[5],[6]]`,`[7]`),n)", NUMBERS),
    "map of sums": Case("map(&sum(`[" + _numbers(200) + "]`),n)", NUMBERS),
    "map of sorts": Case("map(&sort(`[" + _numbers(200) + "]`),n)", NUMBERS),
    "map of merges": Case("map(&merge(`{}`,`{}`),n)", NUMBERS),
    "map of numbers read": Case("map(&to_number('" + "1" * 900 + "'),n)", NUMBERS),
    "map of integers written": Case("map(&to_string(`" + "1" * 900 + "`),n)", NUMBERS),
    "map of integers added": Case("map(&sum(`[" + "1" * 900 + ",1]`),n)", NUMBERS),
    "map of texts compared": Case("map(&starts_with('" + "a" * 450 + "','" + "a" * 450 + "'),n)", NUMBERS),
    "map of texts found": Case("map(&contains('" + "a" * 850 + "','" + "a" * 40 + "b" + "a" * 40 + "'),n)", NUMBERS),
    "map of slices": Case("map(&`[" + _numbers(200) + "]`[::-1],n)", NUMBERS),
    "sort_by": Case("sort_by(n,&@)", NUMBERS),
    "sort_by words": Case("sort_by(w,&@)", WORDS),
    "min_by": Case("min_by(n,&abs(@))", NUMBERS),
    "max_by texts": Case("max_by(n,&'" + "a" * 900 + "')", NUMBERS),
    "lists compared": Case(many("n==n"), NUMBERS),
    "lists rebuilt and compared": Case(many("n[]==n[]"), NUMBERS),
    "doubled and compared": Case("|".join(["[@,@]"] * 22) + "|@[0]==@[1]", SMALL),
    "doubled and written": Case("|".join(["[@,@]"] * 12) + "|to_string(@)", INTEGERS),
    "doubled and flattened": Case("n|" + "|".join(["[@,@][]"] * 40), NUMBERS),
    "contains": Case(many("contains(n,`2`)"), NUMBERS),
    "contains a text": Case(many("contains(n,'2')"), NUMBERS),
    "contains a list": Case(many("contains(e,`[1]`)"), LISTS),
    "contains an integer": Case(many("contains(n,`1.5`)"), INTEGERS),
    **{
        f"a text of {size} found, {where}": Case(many(f"contains({member},'{'a' * before}b{'a' * after}')"), TEXT)
        for size in (3, 30, 99, 110)
        for member in ("t", "u")
        for where, before, after in (
            ("first", 0, size - 1),
            ("middle", size // 2, size - size // 2 - 1),
            ("late", size - 2, 1),
            ("last", size - 1, 0),
        )
    },
    "written": Case(many("to_string(n)"), NUMBERS),
    "texts written": Case(many("to_string([t])"), TEXT),
    "accents written": Case(many("to_string([t])"), ACCENTS),
    "smilies written": Case(many("to_string([s])"), ACCENTS),
    "control characters written": Case(many("to_string([c])"), ACCENTS),
    "quotes written": Case(many("to_string([q])"), ACCENTS),
    "plain floats written": Case(many("to_string(plain)"), FLOATS),
    "huge floats written": Case(many("to_string(huge)"), FLOATS),
    "tiny floats written": Case(many("to_string(tiny)"), FLOATS),
    "integers written": Case(many("to_string(n)"), INTEGERS),
    "integers made absolute": Case(many("abs(i)"), INTEGERS),
    "integers added": Case(many("sum(n)"), INTEGERS),
    "integers added, many": Case(
        "n|" + "|".join(["[@,@,@][]"] * 9) + "|length([" + ",".join(["sum(@)"] * 20) + "])", INTEGERS
    ),
    "integers sorted": Case("n|" + "|".join(["[@,@,@][]"] * 7) + "|length([" + ",".join(["sort(@)"] * 20) + "])", INTEGERS),
    "integers and floats sorted": Case(
        "m|" + "|".join(["[@,@,@][]"] * 9) + "|length([" + ",".join(["sort(@)"] * 20) + "])", INTEGERS
    ),
    "numbers read": Case(many("to_number(d)"), TEXT),
    "long numbers read": Case(many("to_number(u)"), TEXT),
    "sorted": Case(many("sort(n)"), NUMBERS),
    "floats sorted": Case(many("sort(plain)"), FLOATS),
    "words sorted": Case(many("sort(w)"), WORDS),
    "words alike sorted": Case(many("sort(w)"), ALIKE),
    "words alike sorted, many": Case("v|" + "|".join(["[@,@,@][]"] * 6) + "|" + many("sort(@)", 20), ALIKE),
    "words alike sorted by": Case("v|" + "|".join(["[@,@,@][]"] * 6) + "|" + many("sort_by(@,&@)", 20), ALIKE),
    "greatest": Case(many("max(n)"), NUMBERS),
    "greatest word": Case(many("max(w)"), WORDS),
    "mean": Case(many("avg(n)"), NUMBERS),
    "sum": Case(many("sum(n)"), NUMBERS),
    "flattened": Case(many("n[]"), NUMBERS),
    "lists flattened": Case(many("e[]"), LISTS),
    "sliced": Case(many("n[::-1]"), NUMBERS),
    "sliced to nothing": Case(many("n[:0]"), NUMBERS),
    "reversed": Case(many("reverse(n)"), NUMBERS),
    "text reversed": Case(many("reverse(u)"), TEXT),
    "smilies reversed": Case(many("reverse(s)"), ACCENTS),
    "keys": Case(many("keys(o)"), OBJECT),
    "values": Case(many("values(o)"), OBJECT),
    "merged": Case(many("merge(o,o,o)"), OBJECT),
    "joined": Case(many("join('',w)"), WORDS),
    "joined by much": Case("join('" + "a" * 900 + "',w)", WORDS),
    "joined smilies": Case(many("join(s,[s,s,s])"), ACCENTS),
    "fields": Case(many("a"), SMALL),
    "pipes": Case("|".join(["@"] * 55), SMALL),
    "arguments": Case("not_null(" + ",".join(["a"] * 450) + ")", SMALL),
    "expressions as values": Case("map(&[&@,&@],n)", NUMBERS),
    "all of it given": Case("@", TEXT),
}
