"""The SDK's descriptions of services, read without what only help texts are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader, Loader
from botocore.session import Session

from rdpgui.aws.service_models import PlainFiles, service_models

FILES = ("sts/2011-06-15/service-2", "ssm-guiconnect/2021-05-01/service-2", "sts/2011-06-15/endpoint-rule-set-1",
         "partitions")  # fmt: skip


def _without_documentation(node: Any, *, named: bool = False) -> Any:
    """Return a description without the member ``documentation`` of what it describes; ``named``: its keys are names."""
    if isinstance(node, list):
        return [_without_documentation(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = [(key, one) for key, one in node.items() if named or key != "documentation"]
    return {key: _without_documentation(one, named=key in ("members", "shapes", "operations")) for key, one in kept}


@pytest.mark.case("X7", "X9")
@pytest.mark.parametrize("name", FILES)
def test_that_a_description_is_botocores_own_in_the_same_order(name: str) -> None:
    path = str(Path(Loader.BUILTIN_DATA_PATH, name))
    ours, theirs = PlainFiles().load_file(path), JSONFileLoader().load_file(path)
    assert _without_documentation(ours) == _without_documentation(theirs)
    if ours is not None and "shapes" in ours:
        assert [list(one.get("members", ())) for one in ours["shapes"].values()] == [
            list(one.get("members", ())) for one in theirs["shapes"].values()
        ]
        assert not any("documentation" in one for one in ours["shapes"].values())
    assert PlainFiles().exists(path)


def test_that_what_is_not_there_is_not_there(tmp_path: Path) -> None:
    assert PlainFiles().load_file(str(tmp_path / "nothing")) is None
    assert not PlainFiles().exists(str(tmp_path / "nothing"))


def test_that_a_folder_of_the_person_comes_first_as_with_botocore(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "2020-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text('{"metadata": {"apiVersion": "2020-01-01"}}')
    models = service_models(str(tmp_path))
    assert models.load_service_model("own", "service-2")["metadata"] == {"apiVersion": "2020-01-01"}
    assert "sts" in models.list_available_services("service-2")


def test_that_a_client_made_from_them_has_every_operation() -> None:
    plain, lean = Session(), Session()
    lean.register_component("data_loader", service_models(None))
    keys: dict[str, Any] = {"region_name": "eu-west-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    ours, theirs = (session.create_client("sts", **keys) for session in (lean, plain))
    assert ours.meta.method_to_api_mapping == theirs.meta.method_to_api_mapping
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
