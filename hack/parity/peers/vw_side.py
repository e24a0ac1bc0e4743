"""Answer requests, one JSON object a line, with what Vowpal Wabbit makes of a file.

A request's expression is VW's own arguments; it names its text file too, and for a classifier a file
for the predictions, one a line. The answer holds the wall seconds from making the
workspace to its end, Python's own start not counted.
"""

import json
import sys
import time

import vowpalwabbit


def main():
    for line in sys.stdin:
        request = json.loads(line)
        arguments = f"{request['expression']} -d {request['data']} --quiet"
        if request.get("output"):
            arguments += f" -p {request['output']}"
        try:
            begin = time.perf_counter()
            vowpalwabbit.Workspace(arguments).finish()
            reply = {"seconds": time.perf_counter() - begin, "version": vowpalwabbit.__version__}
        except Exception as problem:  # whatever VW does not like is told, and the next request is tried
            reply = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps({"id": request["id"], **reply}), flush=True)


if __name__ == "__main__":
    main()
