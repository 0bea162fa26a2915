"""What a machine's answer proves about a job order depends on its evidence."""

import pytest

from drivers import JobOrder, JobState, Knowledge, Report
from drivers.opcua import judge
from plant_config import Evidence

JOB = JobOrder(
    id="x",
    label="Plate",
    machine="M-1",
    members=(),
    family="",
    recipe_digest="",
    takes_s=60,
    expected_boot=3,
    count_before=10,
)


def said(state: JobState) -> Report:
    return Report(machine="M-1", job_order="x", state=state)


@pytest.mark.parametrize("evidence", list(Evidence))
@pytest.mark.parametrize(
    ("state", "knowledge"),
    [
        (JobState.NOT_ALLOWED_TO_START, Knowledge.HELD),
        (JobState.RUNNING, Knowledge.HELD),
        (JobState.ENDED, Knowledge.OVER),
        (JobState.ABORTED, Knowledge.OVER),
    ],
)
def test_what_a_machine_reports_is_believed_whatever_its_evidence(
    evidence: Evidence, state: JobState, knowledge: Knowledge
) -> None:
    finding = judge(JOB, evidence, said(state), boot=9, count=99)
    assert (finding.knowledge, finding.report) == (knowledge, said(state))


@pytest.mark.parametrize(
    ("evidence", "boot", "count", "knowledge"),
    [
        # A ledger survives a restart, so its silence proves it, unless its counters went back.
        (Evidence.LEDGER, 3, 10, Knowledge.NEVER_SEEN),
        (Evidence.LEDGER, 4, 11, Knowledge.NEVER_SEEN),
        (Evidence.LEDGER, None, None, Knowledge.NEVER_SEEN),
        (Evidence.LEDGER, 2, 10, Knowledge.UNPROVABLE),
        (Evidence.LEDGER, 3, 9, Knowledge.UNPROVABLE),
        # A counter proves it within one boot.
        (Evidence.COUNTER, 3, 10, Knowledge.NEVER_SEEN),
        (Evidence.COUNTER, 3, 11, Knowledge.UNPROVABLE),
        (Evidence.COUNTER, 4, 10, Knowledge.UNPROVABLE),
        (Evidence.COUNTER, None, 10, Knowledge.UNPROVABLE),
        (Evidence.COUNTER, 3, None, Knowledge.UNPROVABLE),
        (Evidence.NONE, 3, 10, Knowledge.UNPROVABLE),
    ],
)
def test_silence_proves_as_much_as_the_evidence_allows(
    evidence: Evidence, boot: int | None, count: int | None, knowledge: Knowledge
) -> None:
    finding = judge(JOB, evidence, None, boot, count)
    assert finding.knowledge is knowledge
    assert finding.detail
