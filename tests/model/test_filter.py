import json

from pydantic import TypeAdapter

from genoteca.model.filter import Filter

TREE = {
    "and": [
        {"column": "stars", "op": ">=", "value": 2},
        {
            "or": [
                {"column": "gene", "op": "in", "value": ["F5"]},
                {"not": {"column": "rsid", "op": "is empty", "value": None}},
            ]
        },
    ]
}


def test_a_filter_reads_and_writes_its_pinned_form() -> None:
    adapter: TypeAdapter[Filter] = TypeAdapter(Filter)
    assert json.loads(adapter.dump_json(adapter.validate_python(TREE), by_alias=True)) == TREE
