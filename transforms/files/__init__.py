"""Files and folders as such: replaced whole, sealed by a hash, held alone, and disks that are full."""
