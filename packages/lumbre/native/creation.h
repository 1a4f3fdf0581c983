/*
 * createProgram: what JavaScript says of a program is checked and copied.
 */
#ifndef LUMBRE_CREATION_H
#define LUMBRE_CREATION_H

#include "addon.h"
#include "arguments.h"

static const napi_type_tag program_tag = {0x6c756d6272650001, 0x9f1d3c5a7be24680};

/* The arguments of createProgram as they came. Other threads may write into them: what is looked at is copied first. */
struct program_source {
  const int32_t *calls;
  size_t call_words;
  const int32_t *blocks;
  size_t argument_count;
  const double *offsets;
  size_t offset_count;
  double sinks_from;
  double scratch_bytes;
};

static bool read_source(napi_env env, const napi_value *arguments, struct program_source *source) {
  const char *where = "createProgram";
  void *calls, *blocks, *offsets;
  if (!read_array(env, where, "calls", arguments[0], napi_int32_array, &calls, &source->call_words)) return false;
  if (!read_array(env, where, "blocks", arguments[1], napi_int32_array, &blocks, &source->argument_count)) return false;
  if (!read_array(env, where, "offsets", arguments[2], napi_float64_array, &offsets, &source->offset_count))
    return false;
  source->calls = calls;
  source->blocks = blocks;
  source->offsets = offsets;
  if (source->call_words % CALL_WORDS != 0) {
    fail(env, napi_throw_range_error, where, "calls has %zu words, which is no multiple of %d.", source->call_words,
         (int)CALL_WORDS);
    return false;
  }
  if (source->offset_count != source->argument_count) {
    fail(env, napi_throw_range_error, where, "there are %zu blocks, but %zu offsets.", source->argument_count,
         source->offset_count);
    return false;
  }
  const double call_count = (double)(source->call_words / CALL_WORDS);
  return read_whole(env, where, "sinksFrom", arguments[3], 0, call_count, &source->sinks_from) &&
         read_whole(env, where, "scratchBytes", arguments[4], 0, LARGEST_WHOLE_DOUBLE, &source->scratch_bytes);
}

static bool check_word(napi_env env, size_t call, const char *name, int64_t value, int64_t least, int64_t most) {
  if (value >= least && value <= most) return true;
  fail(env, napi_throw_range_error, "createProgram", "%s of call %zu is %lld; expected a number from %lld to %lld.",
       name, call, (long long)value, (long long)least, (long long)most);
  return false;
}

static bool fill_call(napi_env env, const struct addon *addon, struct program *program, size_t index,
                      const int32_t *words) {
  int32_t call[CALL_WORDS];
  memcpy(call, words, sizeof call);
  const int64_t arguments = (int64_t)program->argument_count;
  const int64_t first = call[CALL_FIRST_ARGUMENT];
  if (!check_word(env, index, "the kernel", call[CALL_KERNEL], 0, (int64_t)addon->kernel_count - 1)) return false;
  if (!check_word(env, index, "the extent", call[CALL_EXTENT], 0, INT32_MAX)) return false;
  if (!check_word(env, index, "the number of parts", call[CALL_PARTS], 1, INT32_MAX)) return false;
  if (!check_word(env, index, "the first argument", first, 0, arguments)) return false;
  if (!check_word(env, index, "the number of arguments", call[CALL_ARGUMENT_COUNT], 0, arguments - first)) return false;
  program->calls[index] = (struct call){
      addon->kernels[call[CALL_KERNEL]],
      program->pointers + first,
      call[CALL_EXTENT],
      call[CALL_PARTS],
  };
  return true;
}

static bool fill_argument(napi_env env, struct program *program, size_t index, int32_t block, double offset) {
  if (block < 0) {
    fail(env, napi_throw_range_error, "createProgram", "the block of argument %zu is %d.", index, (int)block);
    return false;
  }
  if (!is_address(offset) || offset != (double)(uint64_t)offset) {
    fail(env, napi_throw_range_error, "createProgram", "the offset of argument %zu is %.17g; expected whole bytes.",
         index, offset);
    return false;
  }
  program->blocks[index] = block;
  program->offsets[index] = (uint64_t)offset;
  if ((size_t)block >= program->block_count) program->block_count = (size_t)block + 1;
  return true;
}

static bool fill_program(napi_env env, const struct addon *addon, struct program *program,
                         const struct program_source *source) {
  program->list.sinks_from = (uint32_t)source->sinks_from;
  program->scratch_bytes = (size_t)source->scratch_bytes;
  for (size_t i = 0; i < source->argument_count; i++)
    if (!fill_argument(env, program, i, source->blocks[i], source->offsets[i])) return false;
  for (size_t i = 0; i < program->list.count; i++)
    if (!fill_call(env, addon, program, i, source->calls + i * CALL_WORDS)) return false;
  return true;
}

static void finalize_program(napi_env env, void *data, void *hint) {
  struct program *program = data;
  struct addon *addon = hint;
  int64_t total;
  if (addon->known_program == program) addon->known_program = NULL;
  napi_adjust_external_memory(env, -program->bytes, &total);
  free_program(program);
  release_addon(addon);
}

static napi_value create_program(napi_env env, napi_callback_info info) {
  napi_value arguments[5], result = NULL;
  void *data;
  int64_t total;
  struct program_source source = {0};
  if (!read_arguments(env, info, "createProgram", 5, arguments, &data)) return NULL;
  if (!read_source(env, arguments, &source)) return NULL;
  struct addon *addon = data;
  struct program *program = allocate_program(source.call_words / CALL_WORDS, source.argument_count);
  if (program == NULL) return fail(env, napi_throw_error, "createProgram", "out of memory.");
  if (!fill_program(env, addon, program, &source) ||
      !check_status(env, "createProgram", napi_create_external(env, program, finalize_program, addon, &result))) {
    free_program(program);
    return NULL;
  }
  // From here on, the program is the external's.
  addon->users++;
  napi_adjust_external_memory(env, program->bytes, &total);
  return check_status(env, "createProgram", napi_type_tag_object(env, result, &program_tag)) ? result : NULL;
}

#endif
