"""What is written for other engines: SQL for warehouses."""
