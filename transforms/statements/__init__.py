"""What a run writes for people: statements in three formats, the summary, finance's page, rows to send back."""
