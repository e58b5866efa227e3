"""Malformed but harmless lines for as long as ``--fuzz`` says (docs/campaigns.md)."""

import itertools

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.campaign import Campaign
from suites.campaigns.fuzz.findings import Findings
from suites.campaigns.fuzz.lines import shots
from suites.campaigns.fuzz.shooting import AFTER, ONE_ANSWER, Range

KEPT = 400
"""Events of the transcript that are kept of a campaign that may go on for days."""


@pytest.mark.requirement(ONE_ANSWER, AFTER, "FR-MALFORMED")
def test_module_lives_and_is_in_step_after_every_malformed_line(bench: Bench, case: Case, campaign: Campaign) -> None:
    shooting = Range(bench)
    findings = Findings(shooting, campaign)
    campaign.begin()
    with bench.transcript.brief() as trim, campaign.interruptible():
        shooting.open()
        for shot in itertools.takewhile(
            lambda _: campaign.goes_on() and findings.worth_going_on(), shots(campaign.seed)
        ):
            findings.take(shot, shooting.shoot(shot))
            trim(KEPT)
            campaign.tell(f"{shooting.counts.shots} shots, {len(findings.found)} findings")
    summary = f"{shooting.counts} in {campaign.elapsed():.0f} s of {campaign.seconds:.0f} s, seed {campaign.seed}"
    case.observe("FR-MALFORMED", "fuzzing", summary)
    if campaign.cut_short:
        bench.recover()
    shooting.close()
    findings.judge(case)
