"""Studies that show how often the scans call for nothing, and how soon they see what is there."""
