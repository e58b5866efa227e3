"""Measurements of what the project's own parts cost, beside other libraries and projects."""
