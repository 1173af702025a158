"""What the machine remembers: connections, jobs, attempts, pictures and credits."""

from generation.models.caps import Cap, CapPeriod
from generation.models.connections import Connection, PauseNote
from generation.models.counts import GalleryCalendar, GalleryChange, GalleryDay, GalleryTotal
from generation.models.credits import CreditAccount, Hold, LedgerEntry
from generation.models.jobs import HOLDING, TERMINAL, Attempt, Batch, Job, JobState, WebhookDelivery
from generation.models.pictures import Asset, Image
from generation.models.reconciliation import Discrepancy, Reconciliation, ReconciliationCursor
from generation.models.spend import DailySpend, DailyTotal, MonthlySpend

__all__ = [
    "HOLDING",
    "TERMINAL",
    "Asset",
    "Attempt",
    "Batch",
    "Cap",
    "CapPeriod",
    "Connection",
    "CreditAccount",
    "DailySpend",
    "DailyTotal",
    "Discrepancy",
    "GalleryCalendar",
    "GalleryChange",
    "GalleryDay",
    "GalleryTotal",
    "Hold",
    "Image",
    "Job",
    "JobState",
    "LedgerEntry",
    "MonthlySpend",
    "PauseNote",
    "Reconciliation",
    "ReconciliationCursor",
    "WebhookDelivery",
]
