/*
 * The part of Node-API that this addon uses, declared by hand: a user who has a C compiler need not have Node's
 * headers. The functions are in the node executable, where dlopen finds them. All are of version 8 or earlier,
 * but externals take type tags since Node 20.12 only.
 */
#ifndef LUMBRE_NAPI_H
#define LUMBRE_NAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_ref__ *napi_ref;
typedef struct napi_callback_info__ *napi_callback_info;
typedef struct napi_async_work__ *napi_async_work;

typedef enum {
  napi_ok = 0,
  napi_pending_exception = 10,
  napi_cancelled = 11,
  napi_no_external_buffers_allowed = 22,
} napi_status;

typedef enum {
  napi_function = 7,
  napi_external = 8,
} napi_valuetype;

typedef enum {
  napi_int32_array = 5,
  napi_float64_array = 8,
} napi_typedarray_type;

typedef struct {
  uint64_t lower;
  uint64_t upper;
} napi_type_tag;

typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
typedef void (*napi_finalize)(napi_env env, void *data, void *hint);
typedef void (*napi_async_execute_callback)(napi_env env, void *data);
typedef void (*napi_async_complete_callback)(napi_env env, napi_status status, void *data);

napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *arguments,
                             napi_value *receiver, void **data);
napi_status napi_create_function(napi_env env, const char *name, size_t length, napi_callback callback, void *data,
                                 napi_value *result);
napi_status napi_call_function(napi_env env, napi_value receiver, napi_value function, size_t count,
                               const napi_value *arguments, napi_value *result);
napi_status napi_new_instance(napi_env env, napi_value constructor, size_t count, const napi_value *arguments,
                              napi_value *result);
napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value);
napi_status napi_get_named_property(napi_env env, napi_value object, const char *name, napi_value *result);
napi_status napi_get_global(napi_env env, napi_value *result);
napi_status napi_get_undefined(napi_env env, napi_value *result);
napi_status napi_get_null(napi_env env, napi_value *result);
napi_status napi_get_boolean(napi_env env, bool value, napi_value *result);
napi_status napi_create_double(napi_env env, double value, napi_value *result);
napi_status napi_create_int32(napi_env env, int32_t value, napi_value *result);
napi_status napi_get_value_double(napi_env env, napi_value value, double *result);
napi_status napi_create_string_utf8(napi_env env, const char *text, size_t length, napi_value *result);
napi_status napi_get_value_string_utf8(napi_env env, napi_value value, char *buffer, size_t size, size_t *result);
napi_status napi_typeof(napi_env env, napi_value value, napi_valuetype *result);
napi_status napi_get_typedarray_info(napi_env env, napi_value view, napi_typedarray_type *type, size_t *length,
                                     void **data, napi_value *buffer, size_t *offset);
napi_status napi_create_external_arraybuffer(napi_env env, void *data, size_t bytes, napi_finalize finalize,
                                             void *hint, napi_value *result);
napi_status napi_is_arraybuffer(napi_env env, napi_value value, bool *result);
napi_status napi_get_arraybuffer_info(napi_env env, napi_value buffer, void **data, size_t *bytes);
napi_status napi_detach_arraybuffer(napi_env env, napi_value buffer);
napi_status napi_create_external(napi_env env, void *data, napi_finalize finalize, void *hint, napi_value *result);
napi_status napi_get_value_external(napi_env env, napi_value value, void **result);
napi_status napi_type_tag_object(napi_env env, napi_value object, const napi_type_tag *tag);
napi_status napi_check_object_type_tag(napi_env env, napi_value object, const napi_type_tag *tag, bool *result);
napi_status napi_adjust_external_memory(napi_env env, int64_t change, int64_t *result);
napi_status napi_create_reference(napi_env env, napi_value value, uint32_t count, napi_ref *result);
napi_status napi_get_reference_value(napi_env env, napi_ref reference, napi_value *result);
napi_status napi_delete_reference(napi_env env, napi_ref reference);
napi_status napi_create_error(napi_env env, napi_value code, napi_value message, napi_value *result);
napi_status napi_throw_error(napi_env env, const char *code, const char *message);
napi_status napi_throw_type_error(napi_env env, const char *code, const char *message);
napi_status napi_throw_range_error(napi_env env, const char *code, const char *message);
napi_status napi_is_exception_pending(napi_env env, bool *result);
napi_status napi_get_and_clear_last_exception(napi_env env, napi_value *result);
napi_status napi_set_instance_data(napi_env env, void *data, napi_finalize finalize, void *hint);
napi_status napi_add_env_cleanup_hook(napi_env env, void (*hook)(void *data), void *data);
napi_status napi_create_async_work(napi_env env, napi_value resource, napi_value name,
                                   napi_async_execute_callback execute, napi_async_complete_callback complete,
                                   void *data, napi_async_work *result);
napi_status napi_queue_async_work(napi_env env, napi_async_work work);
napi_status napi_delete_async_work(napi_env env, napi_async_work work);

#endif
