"""The part of a report that is made while a run goes on."""
