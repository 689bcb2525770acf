#if defined(_WIN32)
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#else
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <unistd.h>
#endif

#include <errno.h>

#include "spill.h"

#define MOST_AT_ONCE (INT64_C(1) << 30)

#if defined(_WIN32)

int spill_open(const char *path)
{
    return _open(path, _O_RDWR | _O_CREAT | _O_EXCL | _O_BINARY | _O_TEMPORARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
}

void spill_close(int file) { _close(file); }

static int64_t once(int file, void *bytes, int64_t count, int64_t at, int writes)
{
    HANDLE handle = (HANDLE)_get_osfhandle(file);
    OVERLAPPED place = {0};
    DWORD done = 0;
    place.Offset = (DWORD)((uint64_t)at & 0xFFFFFFFF);
    place.OffsetHigh = (DWORD)((uint64_t)at >> 32);
    BOOL good = writes ? WriteFile(handle, bytes, (DWORD)count, &done, &place)
                       : ReadFile(handle, bytes, (DWORD)count, &done, &place);
    if (good) return done;
    errno = GetLastError() == ERROR_DISK_FULL ? ENOSPC : EIO;
    return -1;
}

#else

int spill_open(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) unlink(path);
    return file;
}

void spill_close(int file) { close(file); }

static int64_t once(int file, void *bytes, int64_t count, int64_t at, int writes)
{
    return writes ? pwrite(file, bytes, (size_t)count, (off_t)at) : pread(file, bytes, (size_t)count, (off_t)at);
}

#endif

static int all(int file, char *bytes, int64_t count, int64_t at, int writes)
{
    while (count > 0) {
        int64_t done = once(file, bytes, count < MOST_AT_ONCE ? count : MOST_AT_ONCE, at, writes);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return done < 0 && errno ? errno : EIO;
        bytes += done;
        at += done;
        count -= done;
    }
    return 0;
}

int spill_write(int file, const void *bytes, int64_t count, int64_t at) { return all(file, (char *)bytes, count, at, 1); }

int spill_read(int file, void *bytes, int64_t count, int64_t at) { return all(file, bytes, count, at, 0); }
