"""What `hotline doctor` looks at: each check says how it stands and, where it doesn't, what to do."""
