/* Large pieces of memory, in large pages where the system has them: less to fault in, fewer misses when it is read. */
#ifndef SCOREDSL_MEMORY_H
#define SCOREDSL_MEMORY_H

#include <stddef.h>
#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#define LARGE_PAGE ((size_t)1 << 21)

/* Memory to be given back with free(); NULL where there is none. What is in it is not said. */
static inline void *large_alloc(size_t size)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (size >= LARGE_PAGE) {
        void *room;
        size = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
        if (posix_memalign(&room, LARGE_PAGE, size)) return NULL;
        madvise(room, size, MADV_HUGEPAGE); /* a wish: where it is not granted, nothing is lost */
        return room;
    }
#endif
    return malloc(size);
}

#endif
