"""What lies in the delivery folder, and each file of it as blocks of text rows."""
