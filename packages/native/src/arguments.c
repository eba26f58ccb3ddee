#include "arguments.h"

int refuse(napi_env env, const char *what) {
  napi_throw_range_error(env, "ERR_GLASSNET_NATIVE", what);
  return 0;
}

int call_of(napi_env env, napi_callback_info info, Call *call) {
  size_t count = MAX_ARGUMENTS;
  call->env = env;
  void *host;
  if (napi_get_cb_info(env, info, &count, call->arguments, NULL, &host) != napi_ok) return 0;
  call->host = host;
  return 1;
}

int number_of(const Call *call, int argument, double *number) {
  if (napi_get_value_double(call->env, call->arguments[argument], number) == napi_ok) return 1;
  return refuse(call->env, "expected a number");
}

int is_whole(double number) { return number >= 0 && number <= LARGEST_EXACT && number == (double)(int64_t)number; }

int whole_of(const Call *call, int argument, double low, double high, double *number) {
  if (!number_of(call, argument, number)) return 0;
  if (is_whole(*number) && *number >= low && *number <= high) return 1;
  return refuse(call->env, "a number is out of range");
}

int array_of(const Call *call, int argument, Array *array) {
  static const size_t sizes[] = {
      [napi_int8_array] = 1,    [napi_uint8_array] = 1,   [napi_uint8_clamped_array] = 1, [napi_int16_array] = 2,
      [napi_uint16_array] = 2,  [napi_int32_array] = 4,   [napi_uint32_array] = 4,        [napi_float32_array] = 4,
      [napi_float64_array] = 8, [napi_bigint64_array] = 8, [napi_biguint64_array] = 8,
  };
  if (napi_get_typedarray_info(call->env, call->arguments[argument], &array->type, &array->length, &array->data, NULL, NULL) != napi_ok) {
    return refuse(call->env, "expected a typed array");
  }
  if ((size_t)array->type >= sizeof sizes / sizeof *sizes) return refuse(call->env, "a typed array of an unknown kind");
  array->bytes = array->length * sizes[array->type];
  if (array->data == NULL) array->bytes = array->length = 0; /* its memory was given away */
  return 1;
}

int array_of_type(const Call *call, int argument, napi_typedarray_type type, Array *array) {
  if (!array_of(call, argument, array)) return 0;
  return array->type == type || refuse(call->env, "a typed array of the wrong kind");
}

napi_value number_value(napi_env env, double number) {
  napi_value value = NULL;
  napi_create_double(env, number, &value);
  return value;
}

napi_value boolean_value(napi_env env, int boolean) {
  napi_value value = NULL;
  napi_get_boolean(env, boolean != 0, &value);
  return value;
}
