/**
 * What JavaScript calls. Whatever it passes is checked here: an address must be one that `allocate` gave, a range must lie in one
 * piece, a program must stay within its buffers. So nothing that is called in any order with any arguments ends the process.
 */
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernels.h"
#include "memory.h"
#include "pool.h"
#include "processor.h"

/** Addresses and sizes are numbers of JavaScript, exact up to 2^53. */
#define LARGEST_EXACT 9007199254740992.0
#define LARGEST_ALLOCATION 0x1p46

/** A loaded program. */
typedef struct Loaded {
  double id;
  Program program;
  int32_t buffers;
  /** Bytes of each buffer, of a table those of a row; -1 if the program does not touch it. */
  int64_t *bytes;
  /** For each buffer its table, -1 if it is none. */
  int32_t *table_of;
  /** Where the buffers were in the last run, for how many steps, and how often memory had been freed before: need no second look. */
  double *addresses;
  int32_t steps;
  uint64_t frees;
  int32_t *code;
  Table *tables;
  Swap *swaps;
  uint8_t **places;
} Loaded;

/** All that one JavaScript environment, the main one or a worker's, has. */
typedef struct Host {
  Memory memory;
  Pool pool;
  /** In the order of their numbers, which are never given twice. */
  Loaded **loaded;
  size_t count, capacity;
  double last_id;
  /** Of all threads; programs use it one after the other. */
  uint8_t *scratch;
  size_t scratch_bytes;
} Host;

/* Arguments */

enum { MAX_ARGUMENTS = 5 };

typedef struct Call {
  napi_env env;
  Host *host;
  napi_value arguments[MAX_ARGUMENTS];
} Call;

typedef struct Array {
  napi_typedarray_type type;
  size_t length, bytes;
  void *data;
} Array;

static int refuse(napi_env env, const char *what) {
  napi_throw_range_error(env, "ERR_GLASSNET_NATIVE", what);
  return 0;
}

static int begin(napi_env env, napi_callback_info info, Call *call) {
  size_t count = MAX_ARGUMENTS;
  call->env = env;
  void *host;
  if (napi_get_cb_info(env, info, &count, call->arguments, NULL, &host) != napi_ok) return 0; /* those missing are undefined */
  call->host = host;
  return 1;
}

static int number_of(const Call *call, int argument, double *number) {
  if (napi_get_value_double(call->env, call->arguments[argument], number) == napi_ok) return 1;
  return refuse(call->env, "expected a number");
}

static int is_whole(double number) { return number >= 0 && number <= LARGEST_EXACT && number == (double)(int64_t)number; }

/** A whole number from `low`, not below 0, to `high`. */
static int whole_of(const Call *call, int argument, double low, double high, double *number) {
  if (!number_of(call, argument, number)) return 0;
  if (is_whole(*number) && *number >= low && *number <= high) return 1;
  return refuse(call->env, "a number is out of range");
}

static int array_of(const Call *call, int argument, Array *array) {
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

static int array_of_type(const Call *call, int argument, napi_typedarray_type type, Array *array) {
  if (!array_of(call, argument, array)) return 0;
  return array->type == type || refuse(call->env, "a typed array of the wrong kind");
}

static napi_value number_value(napi_env env, double number) {
  napi_value value = NULL;
  napi_create_double(env, number, &value);
  return value;
}

/* Memory */

/** allocate(bytes) → address; 0 if there is no memory. */
static napi_value allocate(napi_env env, napi_callback_info info) {
  Call call;
  double bytes;
  if (!begin(env, info, &call) || !whole_of(&call, 0, 0, LARGEST_EXACT, &bytes)) return NULL;
  uint8_t *start = bytes <= LARGEST_ALLOCATION ? memory_allocate(&call.host->memory, (size_t)bytes) : NULL;
  return number_value(env, (double)(uintptr_t)start);
}

/** free(address) → whether something was allocated there. */
static napi_value free_address(napi_env env, napi_callback_info info) {
  Call call;
  double address;
  if (!begin(env, info, &call) || !whole_of(&call, 0, 0, LARGEST_EXACT, &address)) return NULL;
  napi_value value = NULL;
  napi_get_boolean(env, memory_free(&call.host->memory, (uintptr_t)address) != 0, &value);
  return value;
}

static int transfer_of(napi_env env, napi_callback_info info, uint8_t **place, Array *array) {
  Call call;
  double address;
  if (!begin(env, info, &call) || !whole_of(&call, 0, 0, LARGEST_EXACT, &address) || !array_of(&call, 1, array)) return 0;
  *place = (uint8_t *)(uintptr_t)address;
  return memory_holds(&call.host->memory, (uintptr_t)address, array->bytes) || refuse(env, "not a place in memory that was allocated");
}

/** write(address, array) */
static napi_value write_array(napi_env env, napi_callback_info info) {
  uint8_t *place;
  Array array;
  if (transfer_of(env, info, &place, &array) && array.bytes > 0) memcpy(place, array.data, array.bytes);
  return NULL;
}

/** read(address, array) */
static napi_value read_array(napi_env env, napi_callback_info info) {
  uint8_t *place;
  Array array;
  if (transfer_of(env, info, &place, &array) && array.bytes > 0) memcpy(array.data, place, array.bytes);
  return NULL;
}

/* Programs */

static void free_loaded(Loaded *loaded) {
  free(loaded->bytes);
  free(loaded->table_of);
  free(loaded->addresses);
  free(loaded->code);
  free(loaded->tables);
  free(loaded->swaps);
  free(loaded->places);
  free(loaded);
}

/** A copy of an array, or memory of its size; something to free even if that is nothing. */
static void *copy_of(const void *from, size_t bytes) {
  void *to = malloc(bytes > 0 ? bytes : 1);
  if (to && from && bytes > 0) memcpy(to, from, bytes);
  return to;
}

typedef struct Parts {
  Array code, bytes, tables, swaps;
  double scratch_bytes;
} Parts;

static int parts_of(const Call *call, Parts *parts) {
  if (!array_of_type(call, 0, napi_int32_array, &parts->code) || !array_of_type(call, 1, napi_float64_array, &parts->bytes)) return 0;
  if (!array_of_type(call, 2, napi_int32_array, &parts->tables) || !array_of_type(call, 3, napi_int32_array, &parts->swaps)) return 0;
  if (!whole_of(call, 4, 0, LARGEST_ALLOCATION, &parts->scratch_bytes)) return 0;
  const size_t most = INT32_MAX / 64;
  const int fits = parts->code.length <= INT32_MAX && parts->bytes.length <= most && parts->tables.length <= most && parts->swaps.length <= most;
  return fits || refuse(call->env, "a program is too large");
}

static Loaded *new_loaded(const Parts *parts) {
  Loaded *loaded = calloc(1, sizeof(Loaded));
  if (!loaded) return NULL;
  const size_t buffers = parts->bytes.length;
  loaded->buffers = (int32_t)buffers;
  loaded->code = copy_of(parts->code.data, parts->code.bytes);
  loaded->swaps = copy_of(parts->swaps.data, parts->swaps.bytes);
  loaded->tables = copy_of(NULL, parts->tables.length / 2 * sizeof(Table));
  loaded->bytes = copy_of(NULL, buffers * sizeof(int64_t));
  loaded->table_of = copy_of(NULL, buffers * sizeof(int32_t));
  loaded->addresses = copy_of(NULL, buffers * sizeof(double));
  loaded->places = copy_of(NULL, buffers * sizeof(uint8_t *));
  const int is_whole = loaded->code && loaded->swaps && loaded->tables && loaded->bytes && loaded->table_of && loaded->addresses && loaded->places;
  if (is_whole) return loaded;
  free_loaded(loaded);
  return NULL;
}

static int fill_bytes_of(napi_env env, Loaded *loaded, const double *bytes) {
  for (int32_t i = 0; i < loaded->buffers; i++) {
    const double size = bytes[i];
    if (!is_whole(size) || size > LARGEST_ALLOCATION) return refuse(env, "a buffer's size is out of range");
    loaded->bytes[i] = (int64_t)size;
    loaded->table_of[i] = -1;
  }
  return 1;
}

/** Tables are pairs of a buffer and the bytes of a row; swaps are pairs of buffers of one size. No buffer is two of these. */
static int fill_pairs(napi_env env, Loaded *loaded, const Parts *parts) {
  const int32_t *pairs = parts->tables.data;
  const int32_t tables = (int32_t)(parts->tables.length / 2), swaps = (int32_t)(parts->swaps.length / 2);
  for (int32_t i = 0; i < tables; i++) {
    const int32_t buffer = pairs[2 * i], bytes = pairs[2 * i + 1];
    if (buffer < 0 || buffer >= loaded->buffers || loaded->table_of[buffer] >= 0) return refuse(env, "a table is no buffer");
    if (bytes < 0 || bytes != loaded->bytes[buffer]) return refuse(env, "a table's row is not as large as its buffer");
    loaded->table_of[buffer] = i;
    loaded->tables[i] = (Table){buffer, bytes, NULL};
  }
  uint8_t *seen = calloc(loaded->buffers > 0 ? loaded->buffers : 1, 1);
  int is_right = seen != NULL;
  for (int32_t i = 0; i < swaps && is_right; i++) {
    const int32_t pair[] = {loaded->swaps[i].state, loaded->swaps[i].next};
    for (int k = 0; k < 2 && is_right; k++) {
      is_right = pair[k] >= 0 && pair[k] < loaded->buffers && !seen[pair[k]] && loaded->table_of[pair[k]] < 0;
      if (is_right) seen[pair[k]] = 1;
    }
    if (is_right) is_right = loaded->bytes[pair[0]] == loaded->bytes[pair[1]];
  }
  free(seen);
  return is_right || refuse(env, "buffers that change places are not two of one size");
}

static int check_code(napi_env env, Loaded *loaded, int32_t words, int64_t scratch_bytes) {
  uint8_t *touched = calloc(loaded->buffers > 0 ? loaded->buffers : 1, 1);
  if (!touched) return refuse(env, "no memory for a program");
  const Limits limits = {loaded->bytes, loaded->buffers, scratch_bytes};
  const int32_t at = program_check(loaded->code, words, &limits, touched);
  for (int32_t i = 0; i < loaded->program.swaps_count; i++) {
    const Swap *swap = &loaded->swaps[i];
    touched[swap->state] = touched[swap->next] = touched[swap->state] | touched[swap->next];
  }
  for (int32_t i = 0; i < loaded->buffers; i++) if (!touched[i]) loaded->bytes[i] = -1;
  free(touched);
  if (at < 0) return 1;
  char what[96];
  snprintf(what, sizeof what, "the instruction at word %d would leave its memory", (int)at);
  return refuse(env, what);
}

static int keep(Host *host, Loaded *loaded) {
  if (host->count == host->capacity) {
    const size_t capacity = host->capacity == 0 ? 16 : 2 * host->capacity;
    Loaded **all = realloc(host->loaded, capacity * sizeof(Loaded *));
    if (!all) return 0;
    host->loaded = all;
    host->capacity = capacity;
  }
  loaded->id = ++host->last_id;
  host->loaded[host->count++] = loaded;
  return 1;
}

/** load(code, bytes of each buffer, tables, swaps, scratch bytes of a thread) → the program's number */
static napi_value load_program(napi_env env, napi_callback_info info) {
  Call call;
  Parts parts;
  if (!begin(env, info, &call) || !parts_of(&call, &parts)) return NULL;
  Loaded *loaded = new_loaded(&parts);
  if (!loaded) return refuse(env, "no memory for a program"), NULL;
  loaded->program = (Program){
      .code = loaded->code,
      .words = (int32_t)parts.code.length,
      .tables_count = (int32_t)(parts.tables.length / 2),
      .swaps_count = (int32_t)(parts.swaps.length / 2),
      .buffers = loaded->places,
      .tables = loaded->tables,
      .swaps = loaded->swaps,
      .scratch_bytes = ((int64_t)parts.scratch_bytes + 63) & ~(int64_t)63,
  };
  loaded->steps = -1;
  if (!fill_bytes_of(env, loaded, parts.bytes.data) || !fill_pairs(env, loaded, &parts) ||
      !check_code(env, loaded, loaded->program.words, loaded->program.scratch_bytes)) {
    free_loaded(loaded);
    return NULL;
  }
  if (!keep(call.host, loaded)) {
    free_loaded(loaded);
    return refuse(env, "no memory for a program"), NULL;
  }
  return number_value(env, loaded->id);
}

/** Where the program with a number is, or would be. */
static size_t place_of(const Host *host, double id) {
  size_t low = 0, high = host->count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (host->loaded[middle]->id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

static int is_loaded(const Host *host, size_t place, double id) { return place < host->count && host->loaded[place]->id == id; }

/** release(program) → whether there was one. */
static napi_value release_program(napi_env env, napi_callback_info info) {
  Call call;
  double id;
  if (!begin(env, info, &call) || !number_of(&call, 0, &id)) return NULL;
  Host *host = call.host;
  const size_t place = place_of(host, id);
  const int is_there = is_loaded(host, place, id);
  if (is_there) {
    free_loaded(host->loaded[place]);
    memmove(host->loaded + place, host->loaded + place + 1, (host->count - place - 1) * sizeof(Loaded *));
    host->count--;
  }
  napi_value value = NULL;
  napi_get_boolean(env, is_there != 0, &value);
  return value;
}

/** Looks where the buffers are, unless they are where they were. */
static int check_addresses(napi_env env, const Host *host, Loaded *loaded, const double *addresses, int32_t steps) {
  const size_t bytes = loaded->buffers * sizeof(double);
  const int is_known = loaded->frees == host->memory.frees && steps <= loaded->steps;
  if (is_known && memcmp(loaded->addresses, addresses, bytes) == 0) return 1;
  loaded->steps = -1;
  if (bytes > 0) memcpy(loaded->addresses, addresses, bytes); /* first: another thread may share the array */
  for (int32_t i = 0; i < loaded->buffers; i++) {
    if (loaded->bytes[i] < 0) continue;
    const double address = loaded->addresses[i];
    const double needed = (double)loaded->bytes[i] * (loaded->table_of[i] >= 0 ? steps : 1);
    if (!is_whole(address) || needed > LARGEST_EXACT || (uintptr_t)address % 64 != 0 || !memory_holds(&host->memory, (uintptr_t)address, (size_t)needed)) {
      char what[96];
      snprintf(what, sizeof what, "buffer %d is not in memory that was allocated", (int)i);
      return refuse(env, what);
    }
  }
  loaded->steps = steps;
  loaded->frees = host->memory.frees;
  return 1;
}

static int reserve_scratch(napi_env env, Host *host, int64_t bytes_each, int32_t threads) {
  const size_t bytes = (size_t)bytes_each * (size_t)threads;
  if (bytes <= host->scratch_bytes && host->scratch) return 1;
  uint8_t *scratch = aligned_memory(bytes);
  if (!scratch) return refuse(env, "no memory for the threads' scratch");
  free(host->scratch);
  host->scratch = scratch;
  host->scratch_bytes = bytes;
  return 1;
}

/** run(program, addresses of its buffers, steps, threads) → steps that were applied */
static napi_value run_program(napi_env env, napi_callback_info info) {
  Call call;
  double id, steps, wanted;
  Array addresses;
  if (!begin(env, info, &call) || !number_of(&call, 0, &id) || !array_of_type(&call, 1, napi_float64_array, &addresses)) return NULL;
  if (!whole_of(&call, 2, 0, INT32_MAX, &steps) || !whole_of(&call, 3, 1, MAX_THREADS, &wanted)) return NULL;
  Host *host = call.host;
  const size_t place = place_of(host, id);
  if (!is_loaded(host, place, id)) return refuse(env, "there is no such program"), NULL;
  Loaded *loaded = host->loaded[place];
  if (addresses.length != (size_t)loaded->buffers) return refuse(env, "a program has another number of buffers"), NULL;
  if (!check_addresses(env, host, loaded, addresses.data, (int32_t)steps)) return NULL;
  const int32_t threads = wanted > 1 ? pool_share(&host->pool, (int32_t)wanted) : 1;
  Program *program = &loaded->program;
  if (!reserve_scratch(env, host, program->scratch_bytes, threads)) return NULL;
  program->scratch = host->scratch;
  program->stop = 0;
  for (int32_t i = 0; i < loaded->buffers; i++) {
    loaded->places[i] = loaded->bytes[i] < 0 ? NULL : (uint8_t *)(uintptr_t)loaded->addresses[i];
  }
  for (int32_t i = 0; i < program->tables_count; i++) loaded->tables[i].base = loaded->places[loaded->tables[i].buffer];
  return number_value(env, pool_run(&host->pool, program, (int32_t)steps, threads));
}

/** threads(wanted) → how many there are then, fewer only if the system refuses. */
static napi_value grow_pool(napi_env env, napi_callback_info info) {
  Call call;
  double wanted;
  if (!begin(env, info, &call) || !whole_of(&call, 0, 1, MAX_THREADS, &wanted)) return NULL;
  return number_value(env, pool_share(&call.host->pool, (int32_t)wanted));
}

/* The module */

/** When the environment ends, a worker's or the process's. No run is on: it would be on this thread. */
static void close_host(void *data) {
  Host *host = data;
  pool_close(&host->pool);
  for (size_t i = 0; i < host->count; i++) free_loaded(host->loaded[i]);
  free(host->loaded);
  free(host->scratch);
  memory_free_all(&host->memory);
  free(host);
}

static int set_text(napi_env env, napi_value object, const char *name, const char *text) {
  napi_value value;
  return napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value) == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

/** The kernels' names in their order: who encodes programs has to have the same list. */
static int set_kernels(napi_env env, napi_value object) {
#define NAME(name) #name,
  static const char *const names[] = {KERNELS(NAME)};
  napi_value list, name;
  if (napi_create_array(env, &list) != napi_ok) return 0;
  for (uint32_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (napi_create_string_utf8(env, names[i], NAPI_AUTO_LENGTH, &name) != napi_ok || napi_set_element(env, list, i, name) != napi_ok) return 0;
  }
  return napi_set_named_property(env, object, "kernels", list) == napi_ok;
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {
      {"allocate", allocate},  {"free", free_address},       {"write", write_array}, {"read", read_array},
      {"load", load_program},  {"release", release_program}, {"run", run_program},   {"threads", grow_pool},
  };
  Host *host = calloc(1, sizeof(Host));
  if (!host) return refuse(env, "no memory"), NULL;
  if (napi_add_env_cleanup_hook(env, close_host, host) != napi_ok) return free(host), NULL;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, host, &function) != napi_ok) return NULL;
    if (napi_set_named_property(env, exports, functions[i].name, function) != napi_ok) return NULL;
  }
  if (!set_text(env, exports, "variant", own_variant()) || !set_text(env, exports, "best", best_variant()) || !set_kernels(env, exports)) return NULL;
  return exports;
}
