"""The shop's CDK app; `-c seed=7` selects the shop."""

import os

from aws_cdk import App, CliCredentialsStackSynthesizer, Environment

from local.shop.plan import draw
from local.shop.stack import ShopStack

DEFAULT_SEED = 7


def main() -> None:
    """Synthesise the shop of the context's seed."""
    app = App()
    seed = int(app.node.try_get_context("seed") or DEFAULT_SEED)
    ShopStack(
        app,
        "Shop",
        plan=draw(seed),
        env=Environment(
            account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
            region=os.environ.get("CDK_DEFAULT_REGION"),
        ),
        synthesizer=CliCredentialsStackSynthesizer(),
    )
    app.synth()


if __name__ == "__main__":
    main()
