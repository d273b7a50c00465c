"""Numbers and times as people write them anywhere, for the command ``normalize`` only; extraction never loads this grammar."""
