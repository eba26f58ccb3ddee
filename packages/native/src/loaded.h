/** Programs as the add-on keeps them: copied, checked, and bound to memory at each run. */
#ifndef GLASSNET_LOADED_H
#define GLASSNET_LOADED_H

#include "arguments.h"
#include "memory.h"
#include "program.h"

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
  /** The run that another thread leads, if there is one: until it has ended nothing here may change. */
  struct Run *run;
} Loaded;

/** What a program is made of, as JavaScript passes it: see addon.c. */
typedef struct Parts {
  Array code, bytes, tables, swaps;
  double scratch_bytes;
} Parts;

/** Throws and returns NULL if the program might leave its buffers or its scratch. */
Loaded *loaded_new(napi_env env, const Parts *parts);

/** Takes the buffers to be at these addresses. Throws and returns 0 unless each lies in one piece, of a table all `steps` rows. */
int loaded_bind(napi_env env, const Memory *memory, Loaded *loaded, const double *addresses, int32_t steps);

/** Pins the memory of the buffers, or with -1 lets go of it again. */
void loaded_pin(const Memory *memory, const Loaded *loaded, int32_t pins);

void loaded_free(Loaded *loaded);

#endif
