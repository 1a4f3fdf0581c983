/*
 * addressOf, adviseHuge, allocate and release: memory that JavaScript and kernels share.
 */
#ifndef LUMBRE_MEMORY_H
#define LUMBRE_MEMORY_H

#include <errno.h>

#include "addon.h"
#include "arguments.h"
#include "results.h"

/* ArrayBuffers from here on are not made over memory of our own: Node before version 22 refuses. */
#define LARGEST_EXTERNAL_BYTES 4294967295.0

static napi_value address_of(napi_env env, napi_callback_info info) {
  napi_value view;
  void *address = NULL;
  size_t bytes;
  if (!read_arguments(env, info, "addressOf", 1, &view, NULL)) return NULL;
  if (napi_get_typedarray_info(env, view, NULL, NULL, &address, NULL, NULL) != napi_ok &&
      napi_get_arraybuffer_info(env, view, &address, &bytes) != napi_ok)
    return fail(env, napi_throw_type_error, "addressOf", "view is neither a typed array nor an ArrayBuffer.");
  return number(env, (double)(uintptr_t)address);
}

static napi_value advise_huge_pages(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  double address, bytes;
  if (!read_arguments(env, info, "adviseHuge", 2, arguments, NULL)) return NULL;
  if (!read_whole(env, "adviseHuge", "address", arguments[0], 0, LARGEST_WHOLE_DOUBLE, &address)) return NULL;
  if (!read_whole(env, "adviseHuge", "bytes", arguments[1], 0, LARGEST_WHOLE_DOUBLE, &bytes)) return NULL;
  return boolean(env, advise_huge((uintptr_t)address, (size_t)bytes));
}

struct pages {
  struct addon *addon;
  struct pages *next;
  void *memory;
  size_t bytes;
};

static void free_pages(struct pages *pages) {
  struct addon *addon = pages->addon;
  struct pages **link = &addon->pages;
  while (*link != pages) link = &(*link)->next;
  *link = pages->next;
  munmap(pages->memory, pages->bytes);
  free(pages);
  release_addon(addon);
}

static void finalize_pages(napi_env env, void *data, void *hint) {
  (void)env;
  (void)data;
  free_pages(hint);
}

/* Pages that the addon knows; NULL, with errno set, where there are none. */
static struct pages *create_pages(struct addon *addon, size_t bytes) {
  struct pages *pages = malloc(sizeof *pages);
  if (pages == NULL) return NULL;
  *pages = (struct pages){addon, addon->pages, map_pages(bytes), bytes};
  if (pages->memory == NULL) {
    free(pages);
    return NULL;
  }
  addon->pages = pages;
  addon->users++;
  return pages;
}

/* An ArrayBuffer as JavaScript makes it: zeroed, of any size, and a failure is an exception. */
static napi_value ordinary_buffer(napi_env env, double bytes) {
  napi_value global, constructor, length, buffer = NULL;
  size_t actual;
  void *address = NULL;
  if (!check_status(env, "allocate", napi_get_global(env, &global))) return NULL;
  if (!check_status(env, "allocate", napi_get_named_property(env, global, "ArrayBuffer", &constructor))) return NULL;
  if (!check_status(env, "allocate", napi_create_double(env, bytes, &length))) return NULL;
  if (napi_new_instance(env, constructor, 1, &length, &buffer) != napi_ok) {
    napi_value exception;
    napi_get_and_clear_last_exception(env, &exception);
    return fail(env, napi_throw_range_error, "allocate", "the system has no %.0f bytes left.", bytes);
  }
  // Huge pages are an advice: that nobody hears it is no failure.
  if (napi_get_arraybuffer_info(env, buffer, &address, &actual) == napi_ok) advise_huge((uintptr_t)address, actual);
  return buffer;
}

static napi_value mapped_buffer(napi_env env, struct addon *addon, double bytes) {
  struct pages *pages = create_pages(addon, (size_t)bytes);
  if (pages == NULL)
    return fail(env, napi_throw_range_error, "allocate", "the system has no %.0f bytes left (%s).", bytes,
                strerror(errno));
  napi_value buffer = NULL;
  const napi_status status =
      napi_create_external_arraybuffer(env, pages->memory, pages->bytes, finalize_pages, pages, &buffer);
  if (status == napi_no_external_buffers_allowed) {
    free_pages(pages);
    return ordinary_buffer(env, bytes);
  }
  // Whatever else may fail, Node has called the finalizer or will.
  return check_status(env, "allocate", status) ? buffer : NULL;
}

static napi_value allocate(napi_env env, napi_callback_info info) {
  napi_value argument;
  void *data;
  double bytes;
  if (!read_arguments(env, info, "allocate", 1, &argument, &data)) return NULL;
  if (!read_whole(env, "allocate", "bytes", argument, 0, LARGEST_WHOLE_DOUBLE, &bytes)) return NULL;
  return bytes > 0 && bytes <= LARGEST_EXTERNAL_BYTES ? mapped_buffer(env, data, bytes) : ordinary_buffer(env, bytes);
}

/* Detaching lets Node finalize our pages, but not before the event loop turns. What is in them goes back at once. */
static napi_value release(napi_env env, napi_callback_info info) {
  napi_value buffer;
  void *data, *memory = NULL;
  size_t bytes = 0;
  bool is_buffer = false;
  if (!read_arguments(env, info, "release", 1, &buffer, &data)) return NULL;
  struct addon *addon = data;
  if (napi_is_arraybuffer(env, buffer, &is_buffer) != napi_ok || !is_buffer ||
      napi_get_arraybuffer_info(env, buffer, &memory, &bytes) != napi_ok)
    return fail(env, napi_throw_type_error, "release", "buffer is not an ArrayBuffer.");
  wait_for_walk(addon);
  for (const struct pages *pages = addon->pages; pages != NULL; pages = pages->next)
    if (pages->memory == memory) empty_pages(memory, pages->bytes);
  if (napi_detach_arraybuffer(env, buffer) != napi_ok)
    return fail(env, napi_throw_type_error, "release", "buffer cannot be detached.");
  return NULL;
}

#endif
