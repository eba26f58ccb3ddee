/** @file Which of WebAssembly's extensions there are, found out by asking whether a tiny module that uses one is valid. */

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** Type section: one function of nothing that returns a vector; function section: one of these. */
const ONE_VECTOR_FUNCTION = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00];
const END = 0x0b;

function isValid(body: readonly number[]): boolean {
  const code = [0x01, body.length + 2, 0x00, ...body, END]; // one body, of so many bytes, without locals
  const bytes = Uint8Array.of(...HEADER, ...ONE_VECTOR_FUNCTION, 0x0a, code.length, ...code);
  return typeof WebAssembly === "object" && WebAssembly.validate(bytes);
}

const I32_CONST = 0x41;
const SIMD = 0xfd;
const I8X16_SPLAT = 0x0f;
const zeros = [I32_CONST, 0, SIMD, I8X16_SPLAT];
/** f32x4.relaxed_madd, number 0x105. */
const RELAXED_MADD = [SIMD, 0x85, 0x02];

/** Whether there are vectors of 128 bits, which the kernels cannot do without. */
export const hasSimd = (): boolean => isValid(zeros);
/** Whether there is a multiply-add that rounds as the machine likes. */
export const hasRelaxedSimd = (): boolean => isValid([...zeros, ...zeros, ...zeros, ...RELAXED_MADD]);

/** Whether threads can share memory, which a browser grants only to a page that is cross-origin isolated. */
export function hasSharedMemory(): boolean {
  if (typeof SharedArrayBuffer === "undefined" || typeof WebAssembly !== "object") return false;
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}
