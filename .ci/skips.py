"""Counts the tests of target/*-reports, and fails when one was skipped for a reason that is not allowed."""

import collections
import glob
import sys
import xml.etree.ElementTree as xml

# The integration tests run twice, the second time on a broker in a container.
ALLOWED = {"Docker has no engine here"}

total = failed = 0
skips = collections.Counter()
for report in sorted(glob.glob("target/*-reports/TEST-*.xml")):
    for case in xml.parse(report).getroot().iter("testcase"):
        total += 1
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        skipped = case.find("skipped")
        if skipped is not None:
            skips[skipped.get("message", "").strip() or "no reason given"] += 1

for reason, count in skips.items():
    print(f"skipped {count}: {reason}" + ("" if reason in ALLOWED else "  <- not allowed"))
skipped = sum(skips.values())
print(f"{total - failed - skipped} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0 or total == 0 or not skips.keys() <= ALLOWED)
