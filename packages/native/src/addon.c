/**
 * What JavaScript calls. Whatever it passes is checked here: an address must be one that `allocate` gave, a range must lie in one
 * piece, a program must stay within its buffers. So nothing that is called in any order with any arguments ends the process.
 */
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "kernels.h"
#include "loaded.h"
#include "memory.h"
#include "pool.h"
#include "processor.h"

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

/* Memory */

/** allocate(bytes) → address; 0 if there is no memory. */
static napi_value allocate(napi_env env, napi_callback_info info) {
  Call call;
  double bytes;
  if (!call_of(env, info, &call) || !whole_of(&call, 0, 0, LARGEST_EXACT, &bytes)) return NULL;
  uint8_t *start = bytes <= LARGEST_ALLOCATION ? memory_allocate(&call.host->memory, (size_t)bytes) : NULL;
  return number_value(env, (double)(uintptr_t)start);
}

/** free(address) → whether something was allocated there. */
static napi_value free_address(napi_env env, napi_callback_info info) {
  Call call;
  double address;
  if (!call_of(env, info, &call) || !whole_of(&call, 0, 0, LARGEST_EXACT, &address)) return NULL;
  return boolean_value(env, memory_free(&call.host->memory, (uintptr_t)address));
}

static int transfer_of(napi_env env, napi_callback_info info, uint8_t **place, Array *array) {
  Call call;
  double address;
  if (!call_of(env, info, &call) || !whole_of(&call, 0, 0, LARGEST_EXACT, &address) || !array_of(&call, 1, array)) return 0;
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

static int parts_of(const Call *call, Parts *parts) {
  if (!array_of_type(call, 0, napi_int32_array, &parts->code) || !array_of_type(call, 1, napi_float64_array, &parts->bytes)) return 0;
  if (!array_of_type(call, 2, napi_int32_array, &parts->tables) || !array_of_type(call, 3, napi_int32_array, &parts->swaps)) return 0;
  if (!whole_of(call, 4, 0, LARGEST_ALLOCATION, &parts->scratch_bytes)) return 0;
  const size_t most = INT32_MAX / 64;
  const int fits = parts->code.length <= INT32_MAX && parts->bytes.length <= most && parts->tables.length <= most && parts->swaps.length <= most;
  return fits || refuse(call->env, "a program is too large");
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
  if (!call_of(env, info, &call) || !parts_of(&call, &parts)) return NULL;
  Loaded *loaded = loaded_new(env, &parts);
  if (!loaded) return NULL;
  if (!keep(call.host, loaded)) {
    loaded_free(loaded);
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
  if (!call_of(env, info, &call) || !number_of(&call, 0, &id)) return NULL;
  Host *host = call.host;
  const size_t place = place_of(host, id);
  const int is_there = is_loaded(host, place, id);
  if (is_there) {
    loaded_free(host->loaded[place]);
    memmove(host->loaded + place, host->loaded + place + 1, (host->count - place - 1) * sizeof(Loaded *));
    host->count--;
  }
  return boolean_value(env, is_there);
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
  if (!call_of(env, info, &call) || !number_of(&call, 0, &id) || !array_of_type(&call, 1, napi_float64_array, &addresses)) return NULL;
  if (!whole_of(&call, 2, 0, INT32_MAX, &steps) || !whole_of(&call, 3, 1, MAX_THREADS, &wanted)) return NULL;
  Host *host = call.host;
  const size_t place = place_of(host, id);
  if (!is_loaded(host, place, id)) return refuse(env, "there is no such program"), NULL;
  Loaded *loaded = host->loaded[place];
  if (addresses.length != (size_t)loaded->buffers) return refuse(env, "a program has another number of buffers"), NULL;
  if (!loaded_bind(env, &host->memory, loaded, addresses.data, (int32_t)steps)) return NULL;
  const int32_t threads = wanted > 1 ? pool_share(&host->pool, (int32_t)wanted) : 1;
  Program *program = &loaded->program;
  if (!reserve_scratch(env, host, program->scratch_bytes, threads)) return NULL;
  program->scratch = host->scratch;
  program->stop = 0;
  return number_value(env, pool_run(&host->pool, program, (int32_t)steps, threads));
}

/** threads(wanted) → how many there are then, fewer only if the system refuses. */
static napi_value grow_pool(napi_env env, napi_callback_info info) {
  Call call;
  double wanted;
  if (!call_of(env, info, &call) || !whole_of(&call, 0, 1, MAX_THREADS, &wanted)) return NULL;
  return number_value(env, pool_share(&call.host->pool, (int32_t)wanted));
}

/* The module */

/** When the environment ends, a worker's or the process's. No run is on: it would be on this thread. */
static void close_host(void *data) {
  Host *host = data;
  pool_close(&host->pool);
  for (size_t i = 0; i < host->count; i++) loaded_free(host->loaded[i]);
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
