"""Makes a first key on moto, and prints what `make first-key` asks of AWS for it; `test_deployer.py` starts it."""

from __future__ import annotations

import json
import sys

from infra import first_key
from tests.infra.walk import walked_town


def main() -> None:
    with walked_town() as town:
        with town.walk.running("FirstKey"):
            first_key._made("99", "Ada")
        json.dump(sorted({(each.action, each.resource) for each in town.walk.calls}), sys.stdout)


if __name__ == "__main__":
    main()
