/*
 * What one environment of Node has, the main thread's or a worker's, and its walks. Nothing is global: worker threads
 * load the addon side by side.
 */
#ifndef LUMBRE_ADDON_H
#define LUMBRE_ADDON_H

#include <dlfcn.h>

#include "napi.h"
#include "pool.h"
#include "program.h"

/* How long `wait` looks for the end of a walk before it sleeps. */
#define WAIT_NANOSECONDS 50000

struct library {
  char *path;
  void *handle;
};

/* How a walk ended. */
struct outcome {
  int code;
  int value;
  int64_t nanoseconds;
};

struct addon {
  /* The environment, and the programs, buffers and asynchronous walks that still need this. */
  size_t users;
  struct library *libraries;
  size_t library_count;
  lumbre_kernel *kernels;
  size_t kernel_count;
  struct pool *pool;
  /* The buffers of `allocate` that are over memory of our own. */
  struct pages *pages;
  /* The program that was run last, whose type need not be looked up again. */
  struct program *known_program;
  /* The last asynchronous walk, until its callback; of the JavaScript thread. */
  struct async_walk *async;
  pthread_mutex_t mutex;
  pthread_cond_t ended;
  /* Under the mutex. */
  struct outcome last;
  int last_async_code;
};

enum { QUEUED, RUNNING, ENDED };

struct async_walk {
  struct addon *addon;
  struct program *program;
  int threads;
  /* Whoever changes it from QUEUED to RUNNING computes: libuv's thread, or the JavaScript thread if it has to wait. */
  _Atomic int phase;
  struct outcome outcome;
  napi_async_work work;
  napi_ref program_reference;
  napi_ref done_reference;
};

static struct addon *create_addon(void) {
  struct addon *addon = calloc(1, sizeof *addon);
  if (addon == NULL) return NULL;
  addon->pool = create_pool();
  if (addon->pool == NULL) {
    free(addon);
    return NULL;
  }
  addon->users = 1;
  pthread_mutex_init(&addon->mutex, NULL);
  pthread_cond_init(&addon->ended, NULL);
  return addon;
}

/* Programs may be finalized after the environment's own data, in whatever order Node likes. */
static void release_addon(struct addon *addon) {
  if (--addon->users > 0) return;
  free_pool(addon->pool);
  for (size_t i = 0; i < addon->library_count; i++) {
    dlclose(addon->libraries[i].handle);
    free(addon->libraries[i].path);
  }
  free(addon->libraries);
  free(addon->kernels);
  pthread_cond_destroy(&addon->ended);
  pthread_mutex_destroy(&addon->mutex);
  free(addon);
}

static void finalize_addon(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release_addon(data);
}

static struct outcome compute(struct addon *addon, const struct program *program, int threads) {
  const int64_t begin = now_nanoseconds();
  pool_walk(addon->pool, &program->list, threads);
  const int64_t nanoseconds = now_nanoseconds() - begin;
  const int code = atomic_load_explicit(&addon->pool->status.code, memory_order_relaxed);
  return (struct outcome){code, addon->pool->status.value, nanoseconds};
}

static void compute_async(struct async_walk *walk) {
  struct addon *addon = walk->addon;
  const struct outcome outcome = compute(addon, walk->program, walk->threads);
  pthread_mutex_lock(&addon->mutex);
  walk->outcome = outcome;
  addon->last = outcome;
  addon->last_async_code = outcome.code;
  atomic_store_explicit(&walk->phase, ENDED, memory_order_release);
  pthread_cond_broadcast(&addon->ended);
  pthread_mutex_unlock(&addon->mutex);
}

static bool change_phase(struct async_walk *walk, int from, int to) {
  return atomic_compare_exchange_strong(&walk->phase, &from, to);
}

static bool is_computing(const struct addon *addon) {
  return addon->async != NULL && atomic_load_explicit(&addon->async->phase, memory_order_acquire) != ENDED;
}

/*
 * Returns when no walk is under way. One that libuv has not begun is walked here: its threads may all be busy with
 * other things, and this thread has nothing else to do.
 */
static void wait_for_walk(struct addon *addon) {
  if (!is_computing(addon)) return;
  struct async_walk *walk = addon->async;
  if (change_phase(walk, QUEUED, RUNNING)) {
    compute_async(walk);
    return;
  }
  const int64_t sleep_from = now_nanoseconds() + WAIT_NANOSECONDS;
  while (is_computing(addon) && now_nanoseconds() < sleep_from) relax();
  pthread_mutex_lock(&addon->mutex);
  while (is_computing(addon)) pthread_cond_wait(&addon->ended, &addon->mutex);
  pthread_mutex_unlock(&addon->mutex);
}

/* The environment is going: what has not begun never will, and the threads end. */
static void clean_up(void *data) {
  struct addon *addon = data;
  if (addon->async != NULL) change_phase(addon->async, QUEUED, ENDED);
  wait_for_walk(addon);
  pool_stop(addon->pool);
}

static struct outcome last_outcome(struct addon *addon) {
  pthread_mutex_lock(&addon->mutex);
  const struct outcome last = addon->last;
  pthread_mutex_unlock(&addon->mutex);
  return last;
}

#endif
