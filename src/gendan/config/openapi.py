"""The description of the API as a file: `python -m gendan.config.openapi docs/openapi.json`."""

import json
import os
import sys
from pathlib import Path

import django


def text() -> str:
    """The OpenAPI document, in simplified Chinese, in a form whose differences are readable."""
    from django.utils import translation

    from gendan.config.api import api

    with translation.override("zh-hans"):
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
        return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def main(arguments: list[str]) -> None:
    """Write it to the named file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gendan.config.settings_test")
    django.setup()
    Path(arguments[0]).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
