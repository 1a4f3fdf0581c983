/*
 * The native device's runtime: a Node addon that loads compiled kernels and walks programs of them with threads. It is
 * compiled on the user's machine, as one translation unit, and needs libc and pthreads alone.
 *
 * Here programs are run, and the functions are registered; the other files hold one thing each.
 */
#include "addon.h"
#include "arguments.h"
#include "creation.h"
#include "loading.h"
#include "memory.h"
#include "results.h"

#define EXPORTED __attribute__((visibility("default")))

static struct program *read_program(napi_env env, struct addon *addon, const char *where, napi_value value) {
  void *program = NULL;
  bool is_program = false;
  if (napi_get_value_external(env, value, &program) == napi_ok) {
    // An external that holds the address of a living program is that program's.
    is_program = program != NULL && program == addon->known_program;
    if (!is_program) napi_check_object_type_tag(env, value, &program_tag, &is_program);
  }
  if (!is_program) {
    fail(env, napi_throw_type_error, where, "program is not from createProgram.");
    return NULL;
  }
  addon->known_program = program;
  return program;
}

/* What both kinds of walk begin with: arguments read, the walk before over, addresses and threads ready. */
static struct program *prepare_walk(napi_env env, struct addon *addon, const char *where, const napi_value *arguments,
                                    int *threads) {
  void *bases;
  size_t base_count;
  double wanted;
  struct program *program = read_program(env, addon, where, arguments[0]);
  if (program == NULL) return NULL;
  if (!read_array(env, where, "bases", arguments[1], napi_float64_array, &bases, &base_count)) return NULL;
  if (!read_whole(env, where, "threads", arguments[2], 1, MOST_THREADS, &wanted)) return NULL;
  if (base_count < program->block_count) {
    fail(env, napi_throw_range_error, where, "bases has %zu addresses; the program needs %zu.", base_count,
         program->block_count);
    return NULL;
  }
  wait_for_walk(addon);
  const int64_t wrong = resolve_arguments(program, bases);
  if (wrong >= 0) {
    fail(env, napi_throw_range_error, where, "base %lld is no address.", (long long)wrong);
    return NULL;
  }
  *threads = pool_prepare(addon->pool, (int)wanted, program->scratch_bytes);
  if (*threads > 0) return program;
  fail(env, napi_throw_error, where, "no memory for %zu bytes of scratch for each thread.", program->scratch_bytes);
  return NULL;
}

static napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  void *data;
  int threads;
  if (!read_arguments(env, info, "run", 3, arguments, &data)) return NULL;
  struct addon *addon = data;
  const struct program *program = prepare_walk(env, addon, "run", arguments, &threads);
  if (program == NULL) return NULL;
  // No other thread looks at `last` now, as no walk is under way.
  addon->last = compute(addon, program, threads);
  return whole(env, addon->last.code);
}

static void execute_walk(napi_env env, void *data) {
  (void)env;
  struct async_walk *walk = data;
  if (change_phase(walk, QUEUED, RUNNING)) compute_async(walk);
}

static void free_walk(napi_env env, struct async_walk *walk) {
  struct addon *addon = walk->addon;
  if (walk->work != NULL) napi_delete_async_work(env, walk->work);
  if (walk->program_reference != NULL) napi_delete_reference(env, walk->program_reference);
  if (walk->done_reference != NULL) napi_delete_reference(env, walk->done_reference);
  if (addon->async == walk) addon->async = NULL;
  free(walk);
  release_addon(addon);
}

/* The first argument of `done`. */
static napi_value error_or_null(napi_env env, napi_status status) {
  napi_value message, result = NULL;
  if (status == napi_ok) {
    napi_get_null(env, &result);
    return result;
  }
  napi_create_string_utf8(env, "native: runAsync: the walk was cancelled.", SIZE_MAX, &message);
  napi_create_error(env, NULL, message, &result);
  return result;
}

/* On the JavaScript thread. If JavaScript is being stopped, the calls here fail, and there is nobody to tell. */
static void complete_walk(napi_env env, napi_status status, void *data) {
  struct async_walk *walk = data;
  const struct outcome outcome = walk->outcome;
  napi_value done = NULL, undefined = NULL;
  atomic_store(&walk->phase, ENDED);
  const bool can_call = napi_get_reference_value(env, walk->done_reference, &done) == napi_ok && done != NULL &&
                        napi_get_undefined(env, &undefined) == napi_ok;
  free_walk(env, walk);
  if (!can_call) return;
  napi_value arguments[] = {error_or_null(env, status), whole(env, outcome.code), whole(env, outcome.value)};
  // An exception of `done` stays pending: Node reports it as uncaught.
  napi_call_function(env, undefined, done, 3, arguments, NULL);
}

static bool queue_walk(napi_env env, struct async_walk *walk, const napi_value *arguments) {
  const char *where = "runAsync";
  napi_value name;
  return check_status(env, where, napi_create_reference(env, arguments[0], 1, &walk->program_reference)) &&
         check_status(env, where, napi_create_reference(env, arguments[3], 1, &walk->done_reference)) &&
         check_status(env, where, napi_create_string_utf8(env, "lumbre walk", SIZE_MAX, &name)) &&
         check_status(env, where,
                      napi_create_async_work(env, NULL, name, execute_walk, complete_walk, walk, &walk->work)) &&
         check_status(env, where, napi_queue_async_work(env, walk->work));
}

static napi_value run_async(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  napi_valuetype type;
  void *data;
  int threads;
  if (!read_arguments(env, info, "runAsync", 4, arguments, &data)) return NULL;
  if (napi_typeof(env, arguments[3], &type) != napi_ok || type != napi_function)
    return fail(env, napi_throw_type_error, "runAsync", "done is not a function.");
  struct addon *addon = data;
  struct program *program = prepare_walk(env, addon, "runAsync", arguments, &threads);
  if (program == NULL) return NULL;
  struct async_walk *walk = calloc(1, sizeof *walk);
  if (walk == NULL) return fail(env, napi_throw_error, "runAsync", "out of memory.");
  addon->users++;
  walk->addon = addon;
  walk->program = program;
  walk->threads = threads;
  if (queue_walk(env, walk, arguments)) addon->async = walk;
  else free_walk(env, walk);
  return NULL;
}

/* ---- What became of it ---- */

static struct addon *addon_of(napi_env env, napi_callback_info info) {
  void *data = NULL;
  napi_get_cb_info(env, info, NULL, NULL, NULL, &data);
  return data;
}

static napi_value busy(napi_env env, napi_callback_info info) {
  return boolean(env, is_computing(addon_of(env, info)));
}

static napi_value wait_until_free(napi_env env, napi_callback_info info) {
  wait_for_walk(addon_of(env, info));
  return NULL;
}

static napi_value async_result(napi_env env, napi_callback_info info) {
  struct addon *addon = addon_of(env, info);
  wait_for_walk(addon);
  pthread_mutex_lock(&addon->mutex);
  const int code = addon->last_async_code;
  pthread_mutex_unlock(&addon->mutex);
  return whole(env, code);
}

static napi_value failed_value(napi_env env, napi_callback_info info) {
  return whole(env, last_outcome(addon_of(env, info)).value);
}

static napi_value last_nanoseconds(napi_env env, napi_callback_info info) {
  return number(env, (double)last_outcome(addon_of(env, info)).nanoseconds);
}

/* ---- Registration ---- */

static const struct {
  const char *name;
  napi_callback callback;
} functions[] = {
    {"loadKernel", load_kernel},
    {"addressOf", address_of},
    {"adviseHuge", advise_huge_pages},
    {"allocate", allocate},
    {"release", release},
    {"createProgram", create_program},
    {"run", run},
    {"runAsync", run_async},
    {"busy", busy},
    {"wait", wait_until_free},
    {"asyncResult", async_result},
    {"failedValue", failed_value},
    {"lastNanoseconds", last_nanoseconds},
};

/* Node calls this once in every environment that loads the addon. */
EXPORTED napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  struct addon *addon = create_addon();
  if (addon == NULL) return fail(env, napi_throw_error, "loading", "out of memory.");
  if (!check_status(env, "loading", napi_set_instance_data(env, addon, finalize_addon, NULL))) {
    release_addon(addon);
    return NULL;
  }
  if (!check_status(env, "loading", napi_add_env_cleanup_hook(env, clean_up, addon))) return NULL;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    const char *name = functions[i].name;
    if (!check_status(env, name, napi_create_function(env, name, SIZE_MAX, functions[i].callback, addon, &function)) ||
        !check_status(env, name, napi_set_named_property(env, exports, name, function)))
      return NULL;
  }
  return exports;
}
