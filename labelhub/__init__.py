"""Settings and plumbing of LabelHub; imports no app."""

__version__ = "0.1.0"
