"""Past one machine: the same scan, matching and walk in the workers of a cluster that speaks Spark Connect.

Files are looked at and matched where they are, a file a task; their rows are set apart by the hash of the lead, and
each partition is walked by the kernel. `tasks` runs in the workers, all else beside the user.
"""
