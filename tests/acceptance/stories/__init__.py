"""Stories of the five documents, each told to one ledger in events and asked for the figures that managers compute."""
