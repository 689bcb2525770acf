/* What every file of the kernel needs: fixed-width types and the mark of functions that Python calls. */
#ifndef SCOREDSL_KERNEL_H
#define SCOREDSL_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* For what is compiled anew for each number of words: the loops over words are then none. */
#define INLINE static inline __attribute__((always_inline))

/* What functions give back that can fail. */
enum { KERNEL_OK = 0, KERNEL_NO_MEMORY = -1, KERNEL_CANCELLED = -2, KERNEL_FILE = -3, KERNEL_WRONG = -4 };

#endif
