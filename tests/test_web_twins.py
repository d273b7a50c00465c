"""The JSON of the page for programs: whatever its description allows is answered as it says."""

from __future__ import annotations

import shutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("schemathesis", reason="needs the extra page-test")

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from pipeline.web.app import ROUTES, create_app
from pipeline.web.settings import Settings
from tests.web_fixtures import built_store

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["built_store"]  # fixture
_EXAMPLES = 12  # of each view: a bounded look; PAGE_EXAMPLES of a night may be larger


@pytest.fixture(scope="module")
def described(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the page says of its own JSON."""
    store = tmp_path_factory.mktemp("twins") / "office.db"
    shutil.copyfile(built_store, store)
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(Settings(db=store, hosts=())))


def test_every_request_is_answered_as_described(described: Any) -> None:
    """No fault, no status, type or field that the description does not name, for good requests and for bad ones."""
    asked = []
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=_EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate()

        ask()
        asked.append(operation.path)
    routes = [route for name in ROUTES for route in import_module(f"pipeline.web.routes_{name}").router.routes]
    assert sorted(route.path for route in routes if route.path.endswith(".json")) == sorted(asked)
