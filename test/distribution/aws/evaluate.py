"""Prints what a Terraform module evaluates to with the variables of a file, as JSON. Nothing is looked up at AWS."""

import json
import os
import sys

from tfparse import load_from_path

module, variables = sys.argv[1:3]
print(
    json.dumps(
        load_from_path(
            module,
            stop_on_hcl_error=True,
            vars_paths=[os.path.relpath(variables, module)],
        )
    )
)
