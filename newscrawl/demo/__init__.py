"""The demo: eight made-up outlets, served on this machine only."""
