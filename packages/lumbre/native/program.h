/* A program: the calls of a walk, and where their arguments lie. */
#ifndef LUMBRE_PROGRAM_H
#define LUMBRE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "walk.h"

/* Words of a call as it comes from JavaScript. */
enum { CALL_KERNEL, CALL_EXTENT, CALL_PARTS, CALL_FIRST_ARGUMENT, CALL_ARGUMENT_COUNT, CALL_WORDS };

struct program {
  struct call_list list;
  struct call *calls;
  size_t argument_count;
  /* Argument i lies `offsets[i]` bytes from the beginning of block `blocks[i]`. */
  int32_t *blocks;
  uint64_t *offsets;
  /* The addresses of the arguments, written before each walk. One walk at a time uses them. */
  char **pointers;
  /* One more than the largest of `blocks`. */
  size_t block_count;
  size_t scratch_bytes;
  /* Approximately, all of it. */
  int64_t bytes;
};

static void free_program(struct program *program) {
  free(program->calls);
  free(program->blocks);
  free(program->offsets);
  free(program->pointers);
  free(program);
}

/* An empty program with room; NULL if there is no memory. */
static struct program *allocate_program(size_t call_count, size_t argument_count) {
  struct program *program = calloc(1, sizeof *program);
  if (program == NULL) return NULL;
  // One more of each, as an empty allocation may be NULL.
  program->calls = calloc(call_count + 1, sizeof *program->calls);
  program->blocks = calloc(argument_count + 1, sizeof *program->blocks);
  program->offsets = calloc(argument_count + 1, sizeof *program->offsets);
  program->pointers = calloc(argument_count + 1, sizeof *program->pointers);
  if (!program->calls || !program->blocks || !program->offsets || !program->pointers) {
    free_program(program);
    return NULL;
  }
  program->argument_count = argument_count;
  program->list.calls = program->calls;
  program->list.count = (uint32_t)call_count;
  program->bytes = (int64_t)(sizeof *program + call_count * sizeof *program->calls +
                             argument_count * (sizeof *program->blocks + sizeof *program->offsets +
                                               sizeof *program->pointers));
  return program;
}

static bool is_address(double value) {
  return value >= 0 && value <= 9007199254740992.0;
}

/* Writes the addresses of all arguments. Returns the first block whose base is no address, or -1. */
static int64_t resolve_arguments(struct program *program, const double *bases) {
  for (size_t i = 0; i < program->argument_count; i++) {
    const double base = bases[program->blocks[i]];
    if (!is_address(base)) return program->blocks[i];
    program->pointers[i] = (char *)(uintptr_t)((uint64_t)base + program->offsets[i]);
  }
  return -1;
}

#endif
