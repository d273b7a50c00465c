"""Track: what was set, reported, kept and dropped across documents and years."""

from pipeline.track.model import Change, Link, Point, Series, TrackError, Verdict, series_row
from pipeline.track.series import track

__all__ = ["Change", "Link", "Point", "Series", "TrackError", "Verdict", "series_row", "track"]
