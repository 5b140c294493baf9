"""The reports of Daybook, in one list. To add one: write its `.py` and `.sql` here and name it below."""

from projections.reports.account_plan import account_plan
from projections.reports.accounts import accounts
from projections.reports.ageing import ageing
from projections.reports.ageing_by import ageing_by
from projections.reports.bands import bands
from projections.reports.calibration import calibration
from projections.reports.collection import collection
from projections.reports.collection_curve import collection_curve
from projections.reports.collection_plan import collection_plan
from projections.reports.commitments import commitments
from projections.reports.conversion import conversion
from projections.reports.coverage import coverage
from projections.reports.data_quality import data_quality
from projections.reports.deal import deal
from projections.reports.durations import durations
from projections.reports.flywheel import flywheel
from projections.reports.follow_up import follow_up
from projections.reports.forecast import forecast
from projections.reports.funnel import funnel
from projections.reports.messages import messages
from projections.reports.next_steps import next_steps
from projections.reports.participation import participation
from projections.reports.pipeline import pipeline
from projections.reports.pipeline_changes import pipeline_changes
from projections.reports.purchase_track import purchase_track
from projections.reports.receivables_open import receivables_open
from projections.reports.receivables_unapplied import receivables_unapplied
from projections.reports.relationships import relationships
from projections.reports.report import Report
from projections.reports.rotting import rotting
from projections.reports.scorecard import scorecard
from projections.reports.segments import segments
from projections.reports.statutory import statutory
from projections.reports.suggestions import suggestions
from projections.reports.targets import targets
from projections.reports.velocity import velocity

REPORTS: tuple[Report, ...] = (
    pipeline,
    deal,
    funnel,
    bands,
    forecast,
    calibration,
    next_steps,
    coverage,
    rotting,
    purchase_track,
    commitments,
    follow_up,
    participation,
    conversion,
    durations,
    velocity,
    pipeline_changes,
    receivables_open,
    receivables_unapplied,
    ageing,
    ageing_by,
    collection,
    collection_curve,
    collection_plan,
    statutory,
    suggestions,
    accounts,
    segments,
    relationships,
    account_plan,
    messages,
    flywheel,
    targets,
    scorecard,
    data_quality,
)
BY_NAME = {report.name: report for report in REPORTS}
