/** Which of the variants of the kernels a processor can run. */
#ifndef GLASSNET_PROCESSOR_H
#define GLASSNET_PROCESSOR_H

/** The variant that this file was compiled for. */
const char *own_variant(void);

/** The best one for this machine: the processor and the system both know its registers. */
const char *best_variant(void);

#endif
