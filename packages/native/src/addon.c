/**
 * What JavaScript calls. Whatever it passes is checked here: an address must be one that `allocate` gave, a range must lie in one
 * piece, a program must stay within its buffers. So nothing that is called in any order with any arguments ends the process.
 */
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "kernels.h"
#include "leader.h"
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
  Leader leader;
  /** By which the leader tells that a run has ended; the process stays for as long as there are `runs` to tell of. */
  napi_threadsafe_function teller;
  int32_t runs;
} Host;

/** A run that the leader leads. */
typedef struct Run {
  Flight flight;
  /** NULL once somebody has waited for the run: then only the promise is left. */
  Loaded *loaded;
  napi_deferred deferred;
} Run;

/* Memory */

#define IN_USE "this memory is that of a program that runs"

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
  Memory *memory = &call.host->memory;
  const Piece *piece = memory_piece(memory, (uintptr_t)address, 0);
  if (piece && piece->pins > 0) return refuse(env, IN_USE), NULL;
  return boolean_value(env, memory_free(memory, (uintptr_t)address));
}

static int transfer_of(napi_env env, napi_callback_info info, uint8_t **place, Array *array) {
  Call call;
  double address;
  if (!call_of(env, info, &call) || !whole_of(&call, 0, 0, LARGEST_EXACT, &address) || !array_of(&call, 1, array)) return 0;
  *place = (uint8_t *)(uintptr_t)address;
  const Piece *piece = memory_piece(&call.host->memory, (uintptr_t)address, array->bytes);
  if (!piece) return refuse(env, "not a place in memory that was allocated");
  return piece->pins == 0 || refuse(env, IN_USE);
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

#define RUNS "the program runs"

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
  if (is_there && host->loaded[place]->run) return refuse(env, RUNS), NULL;
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
  leader_wait(&host->leader, NULL);
  free(host->scratch);
  host->scratch = scratch;
  host->scratch_bytes = bytes;
  return 1;
}

/** As many threads as are wanted, if there are so many; none is started while the others run. */
static int32_t share_pool(Host *host, int32_t wanted) {
  if (wanted > host->pool.threads) leader_wait(&host->leader, NULL);
  return pool_share(&host->pool, wanted);
}

static Loaded *loaded_of(const Call *call, int argument) {
  double id;
  if (!number_of(call, argument, &id)) return NULL;
  const size_t place = place_of(call->host, id);
  if (!is_loaded(call->host, place, id)) return refuse(call->env, "there is no such program"), NULL;
  return call->host->loaded[place];
}

/** What `run` and `start` are given, all of it checked: a program that does not run, bound to its buffers, with its scratch. */
static Loaded *ready_of(const Call *call, int32_t *steps, int32_t *threads) {
  double number_of_steps, wanted;
  Array addresses;
  Loaded *loaded = loaded_of(call, 0);
  if (!loaded || !array_of_type(call, 1, napi_float64_array, &addresses)) return NULL;
  if (!whole_of(call, 2, 0, INT32_MAX, &number_of_steps) || !whole_of(call, 3, 1, MAX_THREADS, &wanted)) return NULL;
  if (loaded->run) return refuse(call->env, RUNS), NULL;
  if (addresses.length != (size_t)loaded->buffers) return refuse(call->env, "a program has another number of buffers"), NULL;
  Host *host = call->host;
  *steps = (int32_t)number_of_steps;
  if (!loaded_bind(call->env, &host->memory, loaded, addresses.data, *steps)) return NULL;
  *threads = wanted > 1 ? share_pool(host, (int32_t)wanted) : 1;
  if (!reserve_scratch(call->env, host, loaded->program.scratch_bytes, *threads)) return NULL;
  loaded->program.scratch = host->scratch;
  loaded->program.stop = 0;
  return loaded;
}

/** run(program, addresses of its buffers, steps, threads) → steps that were applied */
static napi_value run_program(napi_env env, napi_callback_info info) {
  Call call;
  int32_t steps, threads;
  Loaded *loaded = call_of(env, info, &call) ? ready_of(&call, &steps, &threads) : NULL;
  if (!loaded) return NULL;
  leader_wait(&call.host->leader, NULL);
  return number_value(env, pool_run(&call.host->pool, &loaded->program, steps, threads));
}

/* Runs that another thread leads */

/** [steps that were applied, how many ms they took] */
static napi_value outcome_of(napi_env env, const Run *run) {
  napi_value pair = NULL;
  if (napi_create_array_with_length(env, 2, &pair) != napi_ok) return NULL;
  napi_set_element(env, pair, 0, number_value(env, run->flight.applied));
  napi_set_element(env, pair, 1, number_value(env, run->flight.ms));
  return pair;
}

/** The program may run again, and its memory is its owner's. */
static void let_go(Host *host, Run *run) {
  if (!run->loaded) return;
  loaded_pin(&host->memory, run->loaded, -1);
  run->loaded->run = NULL;
  run->loaded = NULL;
}

/** On the leader's thread. The teller goes only after the leader has ended, so this cannot come too late. */
static void note_end(void *context, Flight *flight) {
  Host *host = context;
  napi_call_threadsafe_function(host->teller, flight, napi_tsfn_nonblocking);
}

/** On JavaScript's thread, for each run that has ended. Without an environment there is nobody to tell, and no host. */
static void tell_end(napi_env env, napi_value unused, void *context, void *data) {
  (void)unused;
  Run *run = data;
  if (env) {
    Host *host = context;
    let_go(host, run);
    if (--host->runs == 0) napi_unref_threadsafe_function(env, host->teller);
    napi_resolve_deferred(env, run->deferred, outcome_of(env, run));
  }
  free(run);
}

/**
 * start(program, addresses of its buffers, steps, threads) → a promise of the outcome; null if the system has no thread for it.
 * The run is behind those that were started before. Until it has ended, the program and its memory cannot be used.
 */
static napi_value start_program(napi_env env, napi_callback_info info) {
  Call call;
  int32_t steps, threads;
  Loaded *loaded = call_of(env, info, &call) ? ready_of(&call, &steps, &threads) : NULL;
  if (!loaded) return NULL;
  Host *host = call.host;
  napi_value promise = NULL;
  if (!leader_start(&host->leader, &host->pool, note_end, host)) return napi_get_null(env, &promise) == napi_ok ? promise : NULL;
  Run *run = malloc(sizeof(Run));
  if (!run) return refuse(env, "no memory for a run"), NULL;
  *run = (Run){.flight = {.program = &loaded->program, .steps = steps, .threads = threads}, .loaded = loaded};
  if (napi_create_promise(env, &run->deferred, &promise) != napi_ok) return free(run), NULL;
  loaded->run = run;
  loaded_pin(&host->memory, loaded, 1);
  if (host->runs++ == 0) napi_ref_threadsafe_function(env, host->teller);
  leader_take(&host->leader, &run->flight);
  return promise;
}

/** wait(program) → the outcome of its run, once that has ended. Its promise comes later. */
static napi_value wait_for_program(napi_env env, napi_callback_info info) {
  Call call;
  Loaded *loaded = call_of(env, info, &call) ? loaded_of(&call, 0) : NULL;
  if (!loaded) return NULL;
  Run *run = loaded->run;
  if (!run) return refuse(env, "the program does not run"), NULL;
  leader_wait(&call.host->leader, &run->flight);
  let_go(call.host, run);
  return outcome_of(env, run);
}

/** threads(wanted) → how many there are then, fewer only if the system refuses. */
static napi_value grow_pool(napi_env env, napi_callback_info info) {
  Call call;
  double wanted;
  if (!call_of(env, info, &call) || !whole_of(&call, 0, 1, MAX_THREADS, &wanted)) return NULL;
  return number_value(env, share_pool(call.host, (int32_t)wanted));
}

/* The module */

/** When the environment ends, a worker's or the process's: after the run that is on. */
static void close_host(void *data) {
  Host *host = data;
  for (Flight *flight = leader_close(&host->leader), *next; flight; flight = next) {
    next = flight->next;
    free(flight); /* the first part of a run */
  }
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
      {"start", start_program}, {"wait", wait_for_program},
  };
  Host *host = calloc(1, sizeof(Host));
  if (!host) return refuse(env, "no memory"), NULL;
  napi_value name;
  if (napi_create_string_utf8(env, "glassnet", NAPI_AUTO_LENGTH, &name) != napi_ok) return free(host), NULL;
  const napi_status made = napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, NULL, NULL, host, tell_end, &host->teller);
  if (made != napi_ok || napi_unref_threadsafe_function(env, host->teller) != napi_ok) return free(host), NULL;
  /* Called in the reverse order: the leader ends before the teller does. */
  if (napi_add_env_cleanup_hook(env, close_host, host) != napi_ok) return free(host), NULL;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, host, &function) != napi_ok) return NULL;
    if (napi_set_named_property(env, exports, functions[i].name, function) != napi_ok) return NULL;
  }
  if (!set_text(env, exports, "variant", own_variant()) || !set_text(env, exports, "best", best_variant()) || !set_kernels(env, exports)) return NULL;
  return exports;
}
