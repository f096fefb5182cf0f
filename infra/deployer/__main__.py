"""Prints the policy of the people who deploy a stage.

python -m infra.deployer [--stage STAGE] [--account ID] [--region REGION] [--partition PARTITION]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from infra.declaration import declaration
from infra.deployer.policy import Place, policies
from infra.deployment import DeploymentError
from infra.deployment.account import Account
from infra.deployment.words import say


def main() -> int:
    """Write the policies. Return the exit status."""
    given = _arguments()
    try:
        account = given.account or Account.found().id
    except DeploymentError as error:
        say(f"Give ACCOUNT=…: {error}")
        return 1
    place = Place(given.stage, account, given.region, given.partition)
    given.out.mkdir(parents=True, exist_ok=True)
    for name, document in policies(place, declaration()).items():
        path = given.out / f"{name}.json"
        path.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
        say(str(path))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deployer", description="Write the policies for a deployer.")
    parser.add_argument("--stage", default="dev", help="the stage that may be deployed")
    parser.add_argument("--account", help="the account's number; else the one that the AWS configuration leads to")
    parser.add_argument("--region", default="*", help="the region; else any")
    parser.add_argument("--partition", default="aws", help="aws, aws-cn or aws-us-gov")
    parser.add_argument("--out", type=Path, default=Path("build/deployer-policy"), help="the folder for the documents")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
