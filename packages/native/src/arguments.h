/** Arguments of a call from JavaScript. What is not as it must be throws a RangeError; the functions then return 0. */
#ifndef GLASSNET_ARGUMENTS_H
#define GLASSNET_ARGUMENTS_H

#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

/** Addresses and sizes are numbers of JavaScript, exact up to 2^53. */
#define LARGEST_EXACT 9007199254740992.0
#define LARGEST_ALLOCATION 0x1p46

enum { MAX_ARGUMENTS = 5 };

/** Arguments that are missing are undefined. */
typedef struct Call {
  napi_env env;
  struct Host *host;
  napi_value arguments[MAX_ARGUMENTS];
} Call;

typedef struct Array {
  napi_typedarray_type type;
  size_t length, bytes;
  void *data;
} Array;

/** Throws, and returns 0. */
int refuse(napi_env env, const char *what);

/** Whether a number is whole, not negative, and exact. */
int is_whole(double number);

int call_of(napi_env env, napi_callback_info info, Call *call);
int number_of(const Call *call, int argument, double *number);
/** A whole number from `low`, not below 0, to `high`. */
int whole_of(const Call *call, int argument, double low, double high, double *number);
int array_of(const Call *call, int argument, Array *array);
int array_of_type(const Call *call, int argument, napi_typedarray_type type, Array *array);

napi_value number_value(napi_env env, double number);
napi_value boolean_value(napi_env env, int boolean);

#endif
