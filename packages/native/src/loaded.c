#include "loaded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

void loaded_free(Loaded *loaded) {
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

static Loaded *allocate_loaded(const Parts *parts) {
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
  loaded_free(loaded);
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

Loaded *loaded_new(napi_env env, const Parts *parts) {
  Loaded *loaded = allocate_loaded(parts);
  if (!loaded) return refuse(env, "no memory for a program"), NULL;
  loaded->program = (Program){
      .code = loaded->code,
      .words = (int32_t)parts->code.length,
      .tables_count = (int32_t)(parts->tables.length / 2),
      .swaps_count = (int32_t)(parts->swaps.length / 2),
      .buffers = loaded->places,
      .tables = loaded->tables,
      .swaps = loaded->swaps,
      .scratch_bytes = ((int64_t)parts->scratch_bytes + 63) & ~(int64_t)63,
  };
  loaded->steps = -1;
  const Program *program = &loaded->program;
  if (fill_bytes_of(env, loaded, parts->bytes.data) && fill_pairs(env, loaded, parts) &&
      check_code(env, loaded, program->words, program->scratch_bytes)) {
    return loaded;
  }
  loaded_free(loaded);
  return NULL;
}

/** Looks where the buffers are, unless they are where they were. */
static int find_buffers(napi_env env, const Memory *memory, Loaded *loaded, const double *addresses, int32_t steps) {
  const size_t bytes = loaded->buffers * sizeof(double);
  const int is_known = loaded->frees == memory->frees && steps <= loaded->steps;
  if (is_known && memcmp(loaded->addresses, addresses, bytes) == 0) return 1;
  loaded->steps = -1;
  if (bytes > 0) memcpy(loaded->addresses, addresses, bytes); /* first: another thread may share the array */
  for (int32_t i = 0; i < loaded->buffers; i++) {
    if (loaded->bytes[i] < 0) continue;
    const double address = loaded->addresses[i];
    const double needed = (double)loaded->bytes[i] * (loaded->table_of[i] >= 0 ? steps : 1);
    /* Rows of a table follow each other without gaps, and the first to be used may be any of them. */
    const uintptr_t alignment = loaded->table_of[i] < 0 ? 64 : loaded->bytes[i] % 4 == 0 ? 4 : 1;
    if (!is_whole(address) || needed > LARGEST_EXACT || (uintptr_t)address % alignment != 0 || !memory_piece(memory, (uintptr_t)address, (size_t)needed)) {
      char what[96];
      snprintf(what, sizeof what, "buffer %d is not in memory that was allocated", (int)i);
      return refuse(env, what);
    }
  }
  loaded->steps = steps;
  loaded->frees = memory->frees;
  return 1;
}

int loaded_bind(napi_env env, const Memory *memory, Loaded *loaded, const double *addresses, int32_t steps) {
  if (!find_buffers(env, memory, loaded, addresses, steps)) return 0;
  for (int32_t i = 0; i < loaded->buffers; i++) {
    loaded->places[i] = loaded->bytes[i] < 0 ? NULL : (uint8_t *)(uintptr_t)loaded->addresses[i];
  }
  for (int32_t i = 0; i < loaded->program.tables_count; i++) loaded->tables[i].base = loaded->places[loaded->tables[i].buffer];
  return 1;
}

void loaded_pin(const Memory *memory, const Loaded *loaded, int32_t pins) {
  for (int32_t i = 0; i < loaded->buffers; i++) {
    if (loaded->bytes[i] >= 0) memory_piece(memory, (uintptr_t)loaded->addresses[i], 0)->pins += pins;
  }
}
