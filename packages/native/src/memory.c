#include "memory.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { ALIGNMENT = 64, MARGIN = 64 };
/** From this size on memory comes in pages of 2 MiB where the system has them: fewer of them to look up. */
#define HUGE_PAGE ((size_t)2 << 20)

void *aligned_memory(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return NULL;
  const size_t size = bytes + MARGIN;
  const int is_huge = size >= HUGE_PAGE;
  void *start;
  if (posix_memalign(&start, is_huge ? HUGE_PAGE : ALIGNMENT, size) != 0) return NULL;
#if defined(__linux__)
  if (is_huge) madvise(start, size, MADV_HUGEPAGE); /* a wish; nothing depends on it */
#endif
  return start;
}

/** How many pieces begin at or before an address. */
static size_t pieces_up_to(const Memory *memory, uintptr_t address) {
  size_t low = 0, high = memory->count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if ((uintptr_t)memory->pieces[middle].start <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

uint8_t *memory_allocate(Memory *memory, size_t bytes) {
  if (memory->count == memory->capacity) {
    const size_t capacity = memory->capacity == 0 ? 64 : 2 * memory->capacity;
    Piece *pieces = realloc(memory->pieces, capacity * sizeof(Piece));
    if (!pieces) return NULL;
    memory->pieces = pieces;
    memory->capacity = capacity;
  }
  uint8_t *start = aligned_memory(bytes);
  if (!start) return NULL;
  const size_t at = pieces_up_to(memory, (uintptr_t)start);
  memmove(memory->pieces + at + 1, memory->pieces + at, (memory->count - at) * sizeof(Piece));
  memory->pieces[at] = (Piece){start, bytes, 0};
  memory->count++;
  return start;
}

int memory_free(Memory *memory, uintptr_t address) {
  const size_t after = pieces_up_to(memory, address);
  if (after == 0 || (uintptr_t)memory->pieces[after - 1].start != address) return 0;
  free(memory->pieces[after - 1].start);
  memmove(memory->pieces + after - 1, memory->pieces + after, (memory->count - after) * sizeof(Piece));
  memory->count--;
  memory->frees++;
  return 1;
}

Piece *memory_piece(const Memory *memory, uintptr_t address, size_t bytes) {
  const size_t after = pieces_up_to(memory, address);
  if (after == 0) return NULL;
  Piece *piece = &memory->pieces[after - 1];
  const size_t offset = address - (uintptr_t)piece->start;
  return offset <= piece->bytes && bytes <= piece->bytes - offset ? piece : NULL;
}

void memory_free_all(Memory *memory) {
  for (size_t i = 0; i < memory->count; i++) free(memory->pieces[i].start);
  free(memory->pieces);
  *memory = (Memory){0};
}
