"""Reads the output of `go test -json`.

    results.py show < RESULTS     package lines, and the output of failed tests
    results.py failed RESULTS     the packages that failed, one a line
    results.py count RESULTS      "N passed, N failed"; exits with 1 if a test failed or none ran

RESULTS may hold several runs one after the other; the last result of a test counts.
"""

import collections
import json
import sys


def events(lines):
    """Yields the events. Other lines, as from a broken build, are printed to stderr."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if isinstance(event, dict) and "Action" in event:
            yield event
        else:
            print(line, end="", file=sys.stderr, flush=True)


def show(lines):
    output = collections.defaultdict(list)
    for event in events(lines):
        action, package = event["Action"], event.get("Package", event.get("ImportPath", ""))
        key = (package, event.get("Test", ""))
        if action in ("output", "build-output"):
            output[key].append(event["Output"])
        elif action in ("pass", "skip"):
            lines_of = output.pop(key, [])
            if not key[1]:
                print("".join(lines_of[-1:]), end="", flush=True)
        elif action in ("fail", "build-fail"):
            print("".join(output.pop(key, [])), end="", flush=True)


def count(lines):
    """Counts each test and subtest once. A package that fails without a failed test counts as one."""
    results = {}
    failed_packages = set()
    for event in events(lines):
        if event["Action"] in ("pass", "fail") and event.get("Test"):
            results[(event["Package"], event["Test"])] = event["Action"]
        elif event["Action"] == "fail":
            failed_packages.add(event["Package"])
        elif event["Action"] == "pass":
            failed_packages.discard(event["Package"])  # it passed when it was run again
    reported = {package for (package, _), result in results.items() if result == "fail"}
    passed = sum(result == "pass" for result in results.values())
    failed = len(results) - passed + len(failed_packages - reported)
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


def failed(lines):
    packages = {}
    for event in events(lines):
        if event["Action"] in ("pass", "fail") and not event.get("Test") and "Package" in event:
            packages[event["Package"]] = event["Action"]
    return [package for package, action in packages.items() if action == "fail"]


if sys.argv[1] == "show":
    show(sys.stdin)
elif sys.argv[1] == "failed":
    with open(sys.argv[2], encoding="utf-8") as file:
        print("\n".join(failed(file)))
else:
    with open(sys.argv[2], encoding="utf-8") as file:
        sys.exit(0 if count(file) else 1)
