"""Editor features as plain functions: offsets in, plain data out; knows no protocol, reads no file and no clock."""
