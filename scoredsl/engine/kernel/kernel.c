#include "kernel.h"

#ifndef KERNEL_SOURCES
#define KERNEL_SOURCES ""
#endif

/* The hash of the sources that this library was made of. */
EXPORT const char *kernel_sources(void);
const char *kernel_sources(void) { return KERNEL_SOURCES; }
