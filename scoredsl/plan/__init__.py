"""The plan: what is computed (logical) and how (physical), as pure data."""
