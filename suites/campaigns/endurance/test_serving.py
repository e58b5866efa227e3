"""Clients for as long as ``--endurance`` says (docs/campaigns.md)."""

import csv
import random
import statistics

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.campaign import Campaign
from fixtures.errors import ModuleFault
from suites.campaigns.endurance.besides import JUDGED as BESIDES
from suites.campaigns.endurance.plot import Series, write_plot
from suites.campaigns.endurance.serving import JUDGED, EnduranceWork, Measured
from suites.steps.drift import blocks, drift_of
from suites.steps.flows import Server
from suites.steps.latencies import percentile, words

KEPT = 400
"""Events of the transcript that are kept of a run that goes on for days."""
TOO_FEW = "too few cycles to tell"


@pytest.mark.needs("multi_accept")
@pytest.mark.requirement(*JUDGED, *BESIDES)
def test_every_client_of_a_long_run_is_served_as_the_first(
    bench: Bench, server: Server, case: Case, campaign: Campaign
) -> None:
    serving = EnduranceWork(bench, server, random.Random(campaign.seed))
    campaign.begin()
    with bench.transcript.brief() as trim, campaign.interruptible():
        serving.begin()
        while campaign.goes_on() and serving.worth_going_on():
            serving.round()
            trim(KEPT)
            campaign.tell(progress(serving))
    if campaign.cut_short:
        bench.recover()
    tell(serving, case, campaign)
    judge(serving, case)


def progress(serving: EnduranceWork) -> str:
    """How it goes, in a few words."""
    accept, rate = serving.measured.accept[-20:], serving.measured.rate[-20:]
    if not accept:
        return "no client yet"
    return (
        f"{serving.counts['cycles']} cycles, accept {statistics.median(accept):.1f} ms, "
        f"{statistics.median(rate):.0f} kB/s, {len(serving.breaches)} failures"
    )


def series_of(measured: Measured) -> list[Series]:
    """What was measured, each with its drift in words."""
    rows = (
        ("accept", "ms", measured.accept),
        ("answer to P0", "ms", measured.answer),
        ("throughput", "kB/s", measured.rate),
    )
    return [
        Series(name, unit, values, drift.words(unit) if (drift := drift_of(values)) else TOO_FEW)
        for name, unit, values in rows
    ]


def tell(serving: EnduranceWork, case: Case, campaign: Campaign) -> None:
    """The counts, what was measured and how it drifts; the plot and its numbers as files."""
    counts = ", ".join(f"{count} {what}" for what, count in serving.counts.items())
    case.observe(
        "MA-MANY", "served", f"{counts}; {serving.elapsed():.0f} of {campaign.seconds:.0f} s, seed {campaign.seed}"
    )
    case.observe("MA-MANY", "failures", len(serving.breaches))
    if not serving.measured.at:
        return
    series = series_of(serving.measured)
    for one in series:
        case.observe("TI-RECORD", one.name, words(one.values) if one.unit == "ms" else rates(one))
        case.observe("TI-RECORD", f"drift of {one.name}", one.note)
    plot, numbers = campaign.path("svg"), campaign.path("csv")
    title = f"{serving.counts['cycles']} cycles in {serving.elapsed():.0f} s, {len(serving.breaches)} failures"
    write_plot(plot, title, serving.measured.at, series)
    campaign.keep(plot, "plot", "image/svg+xml")
    with numbers.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["cycle", "seconds", *(f"{one.name}, {one.unit}" for one in series)])
        columns = [blocks(one)[1] for one in (serving.measured.at, *(one.values for one in series))]
        rows.writerows(zip(blocks(serving.measured.at)[0], *columns, strict=True))
    campaign.keep(numbers, "numbers", "text/csv")


def rates(series: Series) -> str:
    """A throughput in words."""
    low, middle = percentile(series.values, 0.05), statistics.median(series.values)
    return f"n={len(series.values)} median={middle:.0f} {series.unit} p5={low:.0f} {series.unit}"


def judge(serving: EnduranceWork, case: Case) -> None:
    """Raise for the first client that was not served as it should be, and for a declared latency that broke."""
    if serving.breaches:
        first = serving.breaches[0]
        kinds = sorted({str(one.fault.requirement) for one in serving.breaches})
        raise ModuleFault(
            f"{first.fault}\nin cycle {first.cycle}, {first.at:.0f} s after the beginning; failures in all: "
            f"{len(serving.breaches)}, of {', '.join(kinds)}",
            first.fault.requirement,
        )
    limits = serving.server.profile.limits
    if limits.latency and serving.measured.answer:
        slow = percentile(serving.measured.answer, 0.95)
        most = limits.latency + limits.latency_band
        case.require("TI-LIMIT", slow <= most, f"95 of 100 answers to P0 within {limits.latency} ms", f"{slow:.1f} ms")
