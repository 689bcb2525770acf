/* A temporary file that nobody else sees: reads and writes at a place, by several threads. */
#ifndef SCOREDSL_SPILL_H
#define SCOREDSL_SPILL_H

#include <stdint.h>

/* Gives -1 where it cannot be made. It is gone when it is closed, however the process ends. */
int spill_open(const char *path);
void spill_close(int file);
/* 0, or the operating system's number of the error. */
int spill_write(int file, const void *bytes, int64_t count, int64_t at);
int spill_read(int file, void *bytes, int64_t count, int64_t at);

#endif
