"""What partners are told of a closing, as mails, and their sending."""
