"""What `photon.tasks.doctor` looks at, one subject a module. A check is an async generator of findings that changes nothing."""
