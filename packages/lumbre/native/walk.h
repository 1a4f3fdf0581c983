/*
 * A walk: calls of kernels one after another, each cut in parts that threads claim. What a call reads, the calls before
 * it wrote, so that none begins before the last is over.
 */
#ifndef LUMBRE_WALK_H
#define LUMBRE_WALK_H

#include <stdatomic.h>
#include <stdint.h>

#include "platform.h"

/* What kernels leave behind: the one that changes `code` from 0, by compare-exchange, writes `value`. */
typedef struct {
  _Atomic int code;
  int value;
} lumbre_status;

/* Computes elements `begin` to `end` of the call's extent. Nobody else uses `scratch` meanwhile. */
typedef void (*lumbre_kernel)(char *const *arguments, int begin, int end, char *scratch, lumbre_status *status);

struct call {
  lumbre_kernel kernel;
  char *const *arguments;
  int32_t extent;
  int32_t parts;
};

/* Calls beyond the int32 range cannot be: they come in an Int32Array of five words each. */
struct call_list {
  const struct call *calls;
  uint32_t count;
  /* From this call on, kernels may overwrite state: the walk ends here if one before has failed. */
  uint32_t sinks_from;
};

/*
 * The meeting place of the threads of a walk.
 *
 * `ticket` holds the number of the call under way in its upper half and the next part of it in its lower half. One
 * fetch_add claims a part and tells of which call it is, so a claim cannot be of another call than its thread believes,
 * however late the thread is. There are no counters for each call that would be set back between walks.
 *
 * Whoever ends the last part of a call stores the ticket of the next. That store races only with claims that got
 * nothing: all parts were claimed before the last ended. Such a claim may be lost or not, and its thread waits for
 * another call number either way. (A thread claims at most once in vain for each call, so the lower half cannot
 * overflow: parts and threads together are below 2^32.)
 *
 * `done` counts the ended parts of the call under way. Only threads that have a part of that call touch it, and it is
 * set back by the one that ended the last part, before it stores the next ticket: nobody else can be at it then.
 *
 * What a part wrote is seen by all parts of later calls: its thread releases at `done`, the last one acquires all of
 * those, and releases at `ticket`, where claims acquire.
 */
struct meeting {
  struct call_list list;
  lumbre_status *status;
  _Alignas(LINE_BYTES) _Atomic uint64_t ticket;
  _Alignas(LINE_BYTES) _Atomic int32_t done;
};

static inline uint32_t ticket_call(uint64_t ticket) {
  return (uint32_t)(ticket >> 32);
}

static inline void run_part(const struct call *call, int32_t part, int32_t parts, char *scratch,
                            lumbre_status *status) {
  const int64_t extent = call->extent;
  call->kernel(call->arguments, (int)(extent * part / parts), (int)(extent * (part + 1) / parts), scratch, status);
}

static inline void run_whole(const struct call *call, char *scratch, lumbre_status *status) {
  call->kernel(call->arguments, 0, call->extent, scratch, status);
}

/* Whether the walk ends before this call, be it for a failure. */
static inline bool is_over(const struct call_list *list, uint32_t index, lumbre_status *status) {
  if (index == list->count) return true;
  return index == list->sinks_from && atomic_load_explicit(&status->code, memory_order_relaxed) != 0;
}

/* The walk on one thread. */
static void walk_alone(const struct call_list *list, char *scratch, lumbre_status *status) {
  for (uint32_t index = 0; !is_over(list, index, status); index++) run_whole(&list->calls[index], scratch, status);
}

/*
 * Runs calls of one part until there is one to share; returns its number, or the number of calls when the walk is over.
 * The caller is the only thread that computes: the others wait for the next ticket, and need not hear of these calls.
 */
static uint32_t run_unshared(const struct call_list *list, uint32_t index, char *scratch, lumbre_status *status) {
  for (; !is_over(list, index, status); index++) {
    const struct call *call = &list->calls[index];
    if (call->parts > 1) return index;
    run_whole(call, scratch, status);
  }
  return list->count;
}

/* Offers the parts of a call to all; the number of calls for an index ends the walk. */
static inline void offer(struct meeting *meeting, uint32_t index) {
  atomic_store_explicit(&meeting->done, 0, memory_order_relaxed);
  atomic_store_explicit(&meeting->ticket, (uint64_t)index << 32, memory_order_release);
}

/* Takes part in a walk until it is over. */
static void walk_together(struct meeting *meeting, char *scratch) {
  const struct call_list *list = &meeting->list;
  for (;;) {
    const uint64_t ticket = atomic_fetch_add_explicit(&meeting->ticket, 1, memory_order_acq_rel);
    const uint32_t index = ticket_call(ticket);
    if (index == list->count) return;
    const struct call *call = &list->calls[index];
    const uint32_t part = (uint32_t)ticket;
    const uint32_t parts = (uint32_t)call->parts;
    if (part < parts) {
      run_part(call, (int32_t)part, (int32_t)parts, scratch, meeting->status);
      const int32_t done = atomic_fetch_add_explicit(&meeting->done, 1, memory_order_acq_rel) + 1;
      if (done == call->parts) {
        offer(meeting, run_unshared(list, index + 1, scratch, meeting->status));
        continue;
      }
      // There may be more parts; with the last one claimed, there are not.
      if (part + 1 < parts) continue;
    }
    for (unsigned spins = 0; ticket_call(atomic_load_explicit(&meeting->ticket, memory_order_relaxed)) == index;)
      spin(&spins);
  }
}

#endif
