/*
 * Reading what JavaScript hands over. Each function throws what is wrong, naming the function that was called, and
 * returns false: its caller returns NULL at once.
 */
#ifndef LUMBRE_ARGUMENTS_H
#define LUMBRE_ARGUMENTS_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "napi.h"

/* Beyond, a double does not hold every whole number. */
#define LARGEST_WHOLE_DOUBLE 9007199254740992.0

typedef napi_status (*throw_function)(napi_env env, const char *code, const char *message);

/* Throws "native: <where>: <message>". Returns NULL, as a callback that throws does. */
__attribute__((format(printf, 4, 5))) static napi_value fail(napi_env env, throw_function throw_it, const char *where,
                                                             const char *format, ...) {
  char message[2048];
  const int start = snprintf(message, sizeof message, "native: %s: ", where);
  va_list values;
  va_start(values, format);
  vsnprintf(message + start, sizeof message - (size_t)start, format, values);
  va_end(values);
  throw_it(env, NULL, message);
  return NULL;
}

/* For calls of Node-API that do not fail but when JavaScript is being stopped or something is out of memory. */
static bool check_status(napi_env env, const char *where, napi_status status) {
  bool pending = false;
  if (status == napi_ok) return true;
  napi_is_exception_pending(env, &pending);
  if (!pending) fail(env, napi_throw_error, where, "Node-API failed with status %d.", (int)status);
  return false;
}

static bool read_arguments(napi_env env, napi_callback_info info, const char *where, size_t count,
                           napi_value *arguments, void **data) {
  size_t given = count;
  if (!check_status(env, where, napi_get_cb_info(env, info, &given, arguments, NULL, data))) return false;
  if (given >= count) return true;
  fail(env, napi_throw_type_error, where, "got %zu arguments, expected %zu.", given, count);
  return false;
}

/* A whole number from `least` to `most`. */
static bool read_whole(napi_env env, const char *where, const char *name, napi_value value, double least, double most,
                       double *result) {
  if (napi_get_value_double(env, value, result) != napi_ok) {
    fail(env, napi_throw_type_error, where, "%s is not a number.", name);
    return false;
  }
  // Written so that NaN fails, and before the conversion, which is undefined for numbers out of range.
  if (*result >= least && *result <= most && *result == (double)(int64_t)*result) return true;
  fail(env, napi_throw_range_error, where, "%s is %.17g; expected a whole number from %.17g to %.17g.", name, *result,
       least, most);
  return false;
}

/* A string without zero bytes, for the caller to free. */
static bool read_text(napi_env env, const char *where, const char *name, napi_value value, char **result) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    fail(env, napi_throw_type_error, where, "%s is not a string.", name);
    return false;
  }
  char *text = malloc(length + 1);
  if (text == NULL) {
    fail(env, napi_throw_error, where, "out of memory.");
    return false;
  }
  napi_get_value_string_utf8(env, value, text, length + 1, &length);
  if (strlen(text) == length) {
    *result = text;
    return true;
  }
  free(text);
  fail(env, napi_throw_type_error, where, "%s has a zero byte inside.", name);
  return false;
}

/* The elements of a typed array of one type, in place. */
static bool read_array(napi_env env, const char *where, const char *name, napi_value value, napi_typedarray_type type,
                       void **elements, size_t *length) {
  int actual = -1;
  _Static_assert(sizeof(napi_typedarray_type) == sizeof actual, "an enum is an int");
  const napi_status status =
      napi_get_typedarray_info(env, value, (napi_typedarray_type *)&actual, length, elements, NULL, NULL);
  if (status == napi_ok && actual == (int)type) return true;
  fail(env, napi_throw_type_error, where, "%s is not %s.", name,
       type == napi_int32_array ? "an Int32Array" : "a Float64Array");
  return false;
}

#endif
