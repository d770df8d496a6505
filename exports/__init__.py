"""Reports on paper: the report catalogue and the Excel, Word and PDF writers."""
