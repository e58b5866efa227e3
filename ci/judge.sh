#!/bin/sh
# Judge a module in continuous integration: the arguments are those of eswifi-conformance.
# The summary goes to the job's page where there is one; ends with the status of the run (docs/verdicts.md).
eswifi-conformance "$@"
status=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f conformance-report/report.md ]; then
    cat conformance-report/report.md >>"$GITHUB_STEP_SUMMARY"
fi
exit $status
