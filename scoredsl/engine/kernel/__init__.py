"""The sequential kernel: partitions by lead and the exact walk, in C11; compiled once, loaded with ctypes."""
