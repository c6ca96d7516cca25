"""Prometheus's metrics that are updated as things happen."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("digitrec_requests", "Requests, by route and status.", ["route", "status"])
REQUEST_SECONDS = Histogram(
    "digitrec_request_seconds",
    "Time until a request was answered, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
UPLOADS_TAKEN = Counter(
    "digitrec_uploads_taken", "Uploads answered, by what was read.", ["outcome"]
)
UPLOADS_REFUSED = Counter("digitrec_uploads_refused", "Forms refused, by the code.", ["code"])
READING_SECONDS = Histogram(
    "digitrec_reading_seconds",
    "Time in which the web server read one picture. What workers read is not counted here.",
    # A line takes 13 ms, a page of 12 megapixels 180 ms.
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
