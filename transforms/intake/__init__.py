"""What becomes of every row that is read: typed, checked, judged beside all before, kept or set aside."""
