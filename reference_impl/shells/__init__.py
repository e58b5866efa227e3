"""What moves bytes: the event loop, the serial sides, the network side, and the process's life."""
