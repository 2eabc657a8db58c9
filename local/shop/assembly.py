"""The shop as a CDK app to deploy; apart from the app itself, for jsii takes a second to import."""

from pathlib import Path

from local.toolchain import CdkApp

HERE = Path(__file__).parent


def shop_app(seed: int) -> CdkApp:
    """Return the CDK app of this seed's shop."""
    sources = tuple(path for path in HERE.iterdir() if path.suffix == ".py" or path.is_dir())
    return CdkApp(f"shop-{seed}", "python -m local.shop.app", sources, {"seed": str(seed)})
