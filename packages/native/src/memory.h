/** The memory of one host: pieces that JavaScript asked for, known by their addresses, so that no other is ever touched. */
#ifndef GLASSNET_MEMORY_H
#define GLASSNET_MEMORY_H

#include <stddef.h>
#include <stdint.h>

typedef struct Piece {
  uint8_t *start;
  size_t bytes;
  /** How many buffers of programs that run at this moment lie in it. */
  int32_t pins;
} Piece;

/** All zeros at first. */
typedef struct Memory {
  /** In the order of their addresses. */
  Piece *pieces;
  size_t count, capacity;
  /** How often something was freed: what was found inside a piece is still there if this has not changed. */
  uint64_t frees;
} Memory;

/** Memory at a multiple of 64 bytes that may be read 64 bytes beyond its end; NULL if there is not so much. */
void *aligned_memory(size_t bytes);

/** A new piece; NULL if there is no memory for it. */
uint8_t *memory_allocate(Memory *memory, size_t bytes);

/** Returns 0 if no piece begins there. It must not be pinned. */
int memory_free(Memory *memory, uintptr_t address);

/** The piece that so many bytes from an address on lie in; NULL if they do not lie in one. */
Piece *memory_piece(const Memory *memory, uintptr_t address, size_t bytes);

void memory_free_all(Memory *memory);

#endif
