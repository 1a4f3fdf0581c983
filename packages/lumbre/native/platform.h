/* What differs between processors and systems. */
#ifndef LUMBRE_PLATFORM_H
#define LUMBRE_PLATFORM_H

#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

/*
 * What different threads write lies this far apart. Lines are of 64 bytes, but Intel's prefetcher takes them in pairs,
 * and Apple's are of 128.
 */
#define LINE_BYTES 128

#define HUGE_PAGE_BYTES ((size_t)2 << 20)

/* Looks at memory before a waiting thread offers its core to others: some tens of microseconds. */
#define SPINS_BEFORE_YIELD 2000
/* Looks between two such offers. */
#define SPINS_BETWEEN_YIELDS 100

/* Tells the processor that this is a waiting loop, so that it spends less on it. */
static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

/* One turn of a waiting loop. Whom we wait for may need this core: there can be more threads than cores. */
static inline void spin(unsigned *spins) {
  relax();
  if (++*spins < SPINS_BEFORE_YIELD) return;
  sched_yield();
  *spins = SPINS_BEFORE_YIELD - SPINS_BETWEEN_YIELDS;
}

static inline int64_t now_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Memory of at least one byte that begins at a line of its own; NULL where there is none. */
static inline void *allocate_lines(size_t bytes) {
  void *memory = NULL;
  if (bytes > SIZE_MAX - LINE_BYTES) return NULL;
  const size_t whole = (bytes / LINE_BYTES + 1) * LINE_BYTES;
  return posix_memalign(&memory, LINE_BYTES, whole) == 0 ? memory : NULL;
}

/* Asks for huge pages on the whole pages inside; false where there are none inside or the system has no such thing. */
static inline bool advise_huge(uintptr_t address, size_t bytes) {
#ifdef MADV_HUGEPAGE
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t begin = (address + page - 1) / page * page;
  const uintptr_t end = (address + bytes) / page * page;
  return begin < end && madvise((void *)begin, end - begin, MADV_HUGEPAGE) == 0;
#else
  (void)address;
  (void)bytes;
  return false;
#endif
}

/* Gives the system what is in these pages, which stay mapped and may be zero from here on. */
static inline void empty_pages(void *memory, size_t bytes) {
#if defined(__linux__)
  madvise(memory, bytes, MADV_DONTNEED);
#elif defined(MADV_FREE)
  madvise(memory, bytes, MADV_FREE);
#endif
}

/* Zeroed pages from the system, aligned for huge ones where it is worth it; NULL where there are none. */
static inline void *map_pages(size_t bytes) {
  const size_t slack = bytes < HUGE_PAGE_BYTES ? 0 : HUGE_PAGE_BYTES;
  if (bytes > SIZE_MAX - slack) return NULL;
  char *mapped = mmap(NULL, bytes + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return NULL;
  if (slack == 0) return mapped;
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t whole = (bytes + page - 1) / page * page;
  const size_t before = (HUGE_PAGE_BYTES - (uintptr_t)mapped % HUGE_PAGE_BYTES) % HUGE_PAGE_BYTES;
  const size_t after = whole + slack - before - whole;
  if (before > 0) munmap(mapped, before);
  if (after > 0) munmap(mapped + before + whole, after);
  advise_huge((uintptr_t)(mapped + before), whole);
  return mapped + before;
}

#endif
