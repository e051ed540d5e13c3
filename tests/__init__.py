"""What must be true of traybot, one sentence to a test."""
