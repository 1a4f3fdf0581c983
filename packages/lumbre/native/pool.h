/*
 * The threads of one environment. They take part in walks, spin for a moment afterwards, since the next walk mostly
 * comes soon, and then sleep.
 */
#ifndef LUMBRE_POOL_H
#define LUMBRE_POOL_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

#define MOST_THREADS 256

/* How long a thread stays awake after a walk. */
#define AWAKE_NANOSECONDS 100000
/* Looks at the gate between two looks at the clock. */
#define SPINS_BETWEEN_CLOCKS 32

struct scratch {
  char *memory;
  size_t bytes;
};

struct pool;

struct worker {
  struct pool *pool;
  int thread;
  pthread_t handle;
  struct scratch scratch;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  /* Under the mutex. */
  bool asleep;
};

/*
 * `gate` says whether a walk is under way, and who is at it:
 *
 *   bits 32–63: generation, one more with each walk
 *   bit  31:    open
 *   bits 16–30: the threads that are wanted, the calling one included
 *   bits 0–15:  the workers inside
 *
 * A worker enters by adding one to a gate that is open, is of a generation it has not seen and wants it, all in one
 * compare-exchange. The calling thread closes the gate when nothing is left to claim, and waits for those inside: then
 * nobody looks at the meeting or the program any more. It never waits for a worker that has not come (it sleeps, or the
 * system has put it aside), and one that comes late finds the gate closed and has touched nothing.
 */
struct pool {
  struct meeting meeting;
  _Alignas(LINE_BYTES) _Atomic uint64_t gate;
  _Alignas(LINE_BYTES) _Atomic int sleepers;
  _Atomic bool stopping;
  /* The rest is of the calling thread, between walks. */
  _Alignas(LINE_BYTES) lumbre_status status;
  int worker_count;
  struct worker *workers[MOST_THREADS];
  struct scratch scratch;
};

#define GATE_OPEN ((uint64_t)1 << 31)
#define GATE_INSIDE ((uint64_t)0xffff)

static inline uint32_t gate_generation(uint64_t gate) {
  return (uint32_t)(gate >> 32);
}

static inline bool gate_admits(uint64_t gate, uint32_t seen, int thread) {
  return (gate & GATE_OPEN) != 0 && gate_generation(gate) != seen && thread < (int)(gate >> 16 & 0x7fff);
}

/* Enters if a walk wants this worker; returns its generation, or `seen` if there is none. */
static uint32_t enter_gate(struct worker *worker, uint32_t seen) {
  _Atomic uint64_t *gate = &worker->pool->gate;
  uint64_t current = atomic_load_explicit(gate, memory_order_relaxed);
  while (gate_admits(current, seen, worker->thread)) {
    if (atomic_compare_exchange_weak_explicit(gate, &current, current + 1, memory_order_acquire, memory_order_relaxed))
      return gate_generation(current);
  }
  return seen;
}

/*
 * Sleeps until a walk wants this worker, or the pool stops. No wake-up is lost: it counts itself among the sleepers
 * before it looks at the gate, while `open_gate` opens before it counts sleepers, both sequentially consistent.
 */
static void sleep_until_wanted(struct worker *worker, uint32_t seen) {
  struct pool *pool = worker->pool;
  pthread_mutex_lock(&worker->mutex);
  worker->asleep = true;
  atomic_fetch_add(&pool->sleepers, 1);
  while (!gate_admits(atomic_load(&pool->gate), seen, worker->thread) && !atomic_load(&pool->stopping))
    pthread_cond_wait(&worker->wake, &worker->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  worker->asleep = false;
  pthread_mutex_unlock(&worker->mutex);
}

static void wake_worker(struct worker *worker) {
  pthread_mutex_lock(&worker->mutex);
  if (worker->asleep) pthread_cond_signal(&worker->wake);
  pthread_mutex_unlock(&worker->mutex);
}

static void *work(void *argument) {
  struct worker *worker = argument;
  struct pool *pool = worker->pool;
  uint32_t seen = 0;
  unsigned spins = 0;
  unsigned looks = 0;
  int64_t awake_until = now_nanoseconds() + AWAKE_NANOSECONDS;
  while (!atomic_load_explicit(&pool->stopping, memory_order_relaxed)) {
    const uint32_t entered = enter_gate(worker, seen);
    if (entered != seen) {
      seen = entered;
      walk_together(&pool->meeting, worker->scratch.memory);
      atomic_fetch_sub_explicit(&pool->gate, 1, memory_order_release);
      awake_until = now_nanoseconds() + AWAKE_NANOSECONDS;
      spins = 0;
      continue;
    }
    spin(&spins);
    if (++looks % SPINS_BETWEEN_CLOCKS != 0 || now_nanoseconds() < awake_until) continue;
    sleep_until_wanted(worker, seen);
    awake_until = now_nanoseconds() + AWAKE_NANOSECONDS;
    spins = 0;
  }
  return NULL;
}

static void free_worker(struct worker *worker) {
  pthread_cond_destroy(&worker->wake);
  pthread_mutex_destroy(&worker->mutex);
  free(worker->scratch.memory);
  free(worker);
}

/* Starts a thread to which no signal is delivered: they are Node's to handle, on its own thread. */
static bool start_thread(struct worker *worker) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failure = pthread_create(&worker->handle, NULL, work, worker);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failure == 0;
}

static bool add_worker(struct pool *pool) {
  struct worker *worker = allocate_lines(sizeof *worker);
  if (worker == NULL) return false;
  memset(worker, 0, sizeof *worker);
  worker->pool = pool;
  worker->thread = pool->worker_count + 1;
  pthread_mutex_init(&worker->mutex, NULL);
  pthread_cond_init(&worker->wake, NULL);
  if (!start_thread(worker)) {
    free_worker(worker);
    return false;
  }
  pool->workers[pool->worker_count++] = worker;
  return true;
}

static bool grow_scratch(struct scratch *scratch, size_t bytes) {
  if (scratch->memory != NULL && scratch->bytes >= bytes) return true;
  free(scratch->memory);
  scratch->memory = allocate_lines(bytes);
  scratch->bytes = scratch->memory == NULL ? 0 : bytes;
  return scratch->memory != NULL;
}

/*
 * Sees to threads and their scratch memory before a walk, while none is under way. Returns how many threads there will
 * be, fewer than wanted if the system starts no more of them; 0 if there is no memory.
 */
static int pool_prepare(struct pool *pool, int threads, size_t scratch_bytes) {
  while (pool->worker_count < threads - 1 && add_worker(pool)) continue;
  const int workers = pool->worker_count < threads - 1 ? pool->worker_count : threads - 1;
  if (!grow_scratch(&pool->scratch, scratch_bytes)) return 0;
  for (int i = 0; i < workers; i++)
    if (!grow_scratch(&pool->workers[i]->scratch, scratch_bytes)) return 0;
  return workers + 1;
}

static void open_gate(struct pool *pool, int threads) {
  const uint32_t generation = gate_generation(atomic_load_explicit(&pool->gate, memory_order_relaxed)) + 1;
  atomic_store(&pool->gate, (uint64_t)generation << 32 | GATE_OPEN | (uint64_t)threads << 16);
  if (atomic_load(&pool->sleepers) == 0) return;
  for (int i = 0; i < threads - 1; i++) wake_worker(pool->workers[i]);
}

static void close_gate(struct pool *pool) {
  uint64_t gate = atomic_fetch_and_explicit(&pool->gate, ~GATE_OPEN, memory_order_acquire);
  for (unsigned spins = 0; (gate & GATE_INSIDE) != 0; spin(&spins))
    gate = atomic_load_explicit(&pool->gate, memory_order_acquire);
}

/* Walks the calls on `threads` threads, as many as `pool_prepare` said. The status is in `pool->status` afterwards. */
static void pool_walk(struct pool *pool, const struct call_list *list, int threads) {
  struct meeting *meeting = &pool->meeting;
  lumbre_status *status = &pool->status;
  char *scratch = pool->scratch.memory;
  atomic_store_explicit(&status->code, 0, memory_order_relaxed);
  status->value = 0;
  if (threads == 1) {
    walk_alone(list, scratch, status);
    return;
  }
  const uint32_t first = run_unshared(list, 0, scratch, status);
  if (first == list->count) return;
  meeting->list = *list;
  meeting->status = status;
  offer(meeting, first);
  open_gate(pool, threads);
  walk_together(meeting, scratch);
  close_gate(pool);
}

static struct pool *create_pool(void) {
  struct pool *pool = allocate_lines(sizeof *pool);
  if (pool != NULL) memset(pool, 0, sizeof *pool);
  return pool;
}

/* Ends the threads, no walk being under way. */
static void pool_stop(struct pool *pool) {
  atomic_store(&pool->stopping, true);
  for (int i = 0; i < pool->worker_count; i++) wake_worker(pool->workers[i]);
  for (int i = 0; i < pool->worker_count; i++) {
    pthread_join(pool->workers[i]->handle, NULL);
    free_worker(pool->workers[i]);
  }
  pool->worker_count = 0;
}

static void free_pool(struct pool *pool) {
  pool_stop(pool);
  free(pool->scratch.memory);
  free(pool);
}

#endif
