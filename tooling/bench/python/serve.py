"""Answers requests on standard input, one JSON object a line, until it closes."""

import json
import sys


def serve(handle):
    for line in sys.stdin:
        print(json.dumps(handle(**json.loads(line))), flush=True)
