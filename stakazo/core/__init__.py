"""What every room needs and none owns: errors, ids, API conventions, admin and command bases."""
