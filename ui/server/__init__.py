"""What every surface that is served stands on: places, records, jobs, addresses, guards."""
