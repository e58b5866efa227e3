"""What our own parts cost, measured side by side and interleaved."""
