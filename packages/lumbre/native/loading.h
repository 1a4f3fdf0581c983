/*
 * loadKernel: functions of shared libraries.
 */
#ifndef LUMBRE_LOADING_H
#define LUMBRE_LOADING_H

#include "addon.h"
#include "arguments.h"
#include "results.h"

/* Makes room for one more element; NULL, with all as it was, if there is no memory. */
static void *grow_by_one(void *elements, size_t count, size_t bytes) {
  // The room doubles whenever the count is a power of two.
  const bool is_full = (count & (count - 1)) == 0;
  return is_full ? realloc(elements, (count == 0 ? 1 : 2 * count) * bytes) : elements;
}

static void *opened_library(const struct addon *addon, const char *path) {
  for (size_t i = 0; i < addon->library_count; i++)
    if (strcmp(addon->libraries[i].path, path) == 0) return addon->libraries[i].handle;
  return NULL;
}

/* The handle of a library. The path becomes the addon's where the library is new. */
static void *open_library(napi_env env, struct addon *addon, char *path) {
  void *opened = opened_library(addon, path);
  if (opened != NULL) {
    free(path);
    return opened;
  }
  struct library *libraries = grow_by_one(addon->libraries, addon->library_count, sizeof *libraries);
  if (libraries != NULL) addon->libraries = libraries;
  void *handle = libraries == NULL ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    fail(env, napi_throw_error, "loadKernel", "%s", libraries == NULL ? "out of memory." : dlerror());
    free(path);
    return NULL;
  }
  addon->libraries[addon->library_count++] = (struct library){path, handle};
  return handle;
}

static napi_value load_symbol(napi_env env, struct addon *addon, void *handle, const char *symbol) {
  const lumbre_kernel kernel = (lumbre_kernel)dlsym(handle, symbol);
  if (kernel == NULL) {
    const char *message = dlerror();
    return fail(env, napi_throw_error, "loadKernel", "%s", message == NULL ? "the symbol is null." : message);
  }
  lumbre_kernel *kernels = grow_by_one(addon->kernels, addon->kernel_count, sizeof *kernels);
  if (kernels == NULL) return fail(env, napi_throw_error, "loadKernel", "out of memory.");
  addon->kernels = kernels;
  kernels[addon->kernel_count] = kernel;
  return number(env, (double)addon->kernel_count++);
}

static napi_value load_kernel(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  void *data;
  char *path, *symbol;
  if (!read_arguments(env, info, "loadKernel", 2, arguments, &data)) return NULL;
  if (!read_text(env, "loadKernel", "path", arguments[0], &path)) return NULL;
  if (!read_text(env, "loadKernel", "symbol", arguments[1], &symbol)) {
    free(path);
    return NULL;
  }
  void *handle = open_library(env, data, path);
  napi_value result = handle == NULL ? NULL : load_symbol(env, data, handle, symbol);
  free(symbol);
  return result;
}

#endif
