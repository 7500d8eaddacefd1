"""What joins several rooms on paper: sheets, reports, tables."""
