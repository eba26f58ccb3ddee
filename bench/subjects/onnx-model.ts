/**
 * @file Writes ONNX models: as much of the format as the benchmark needs.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto: numbers of fields and types
 */

const OPSET = 17;
const IR_VERSION = 8;

/** Kinds of encoding in protocol buffers. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A message of protocol buffers under construction. */
export class Message {
  readonly #bytes: number[] = [];

  #varint(value: number | bigint): void {
    let rest = BigInt.asUintN(64, BigInt(value)); // negative numbers take ten bytes
    while (rest > 0x7fn) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
  }

  #tag(field: number, kind: number): void {
    this.#varint((field << 3) | kind);
  }

  int(field: number, value: number): this {
    this.#tag(field, VARINT);
    this.#varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED32);
    this.#bytes.push(...new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  bytes(field: number, value: Uint8Array | readonly number[]): this {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.#bytes);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Types of elements, as ONNX numbers them. */
const ELEMENT_TYPES = { float32: 1, int64: 7 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;
const INTS_ATTRIBUTE = 7;

/** Whole numbers, lists of them, or `{ float }`. */
export type Attribute = number | readonly number[] | { readonly float: number };

/** A graph of operations on named values. */
export class OnnxGraph {
  readonly #graph = new Message().text(2, "bench");
  #count = 0;

  #newName(): string {
    return `value${this.#count++}`;
  }

  input(name: string, shape: readonly number[], type: ElementType = "float32"): string {
    this.#graph.message(11, describeValue(name, shape, type));
    return name;
  }

  output(name: string, value: string, shape: readonly number[]): void {
    this.#graph.message(1, describeNode("Identity", [value], [name], {}));
    this.#graph.message(12, describeValue(name, shape, "float32"));
  }

  constant(values: readonly number[], shape: readonly number[], type: ElementType = "float32"): string {
    const name = this.#newName();
    const raw = type === "float32" ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
    const tensor = new Message();
    for (const size of shape) tensor.int(1, size);
    tensor.int(2, ELEMENT_TYPES[type]).text(8, name).bytes(9, new Uint8Array(raw.buffer));
    this.#graph.message(5, tensor);
    return name;
  }

  scalar(value: number): string {
    return this.constant([value], []);
  }

  /** An operation with one result. */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.addMany(op, inputs, 1, attributes)[0]!;
  }

  /** An operation with several results. */
  addMany(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.#newName());
    this.#graph.message(1, describeNode(op, inputs, outputs, attributes));
    return outputs;
  }

  /** The bytes of a model file. */
  finish(): Uint8Array {
    const opset = new Message().text(1, "").int(2, OPSET);
    return new Message().int(1, IR_VERSION).message(7, this.#graph).message(8, opset).finish();
  }
}

function describeValue(name: string, shape: readonly number[], type: ElementType): Message {
  const sizes = new Message();
  for (const size of shape) sizes.message(1, new Message().int(1, size));
  const tensorType = new Message().int(1, ELEMENT_TYPES[type]).message(2, sizes);
  return new Message().text(1, name).message(2, new Message().message(1, tensorType));
}

function describeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
): Message {
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(4, op);
  for (const [name, value] of Object.entries(attributes)) node.message(5, describeAttribute(name, value));
  return node;
}

function describeAttribute(name: string, value: Attribute): Message {
  const attribute = new Message().text(1, name);
  if (typeof value === "number") return attribute.int(3, value).int(20, INT_ATTRIBUTE);
  if ("float" in value) return attribute.float(2, value.float).int(20, FLOAT_ATTRIBUTE);
  for (const item of value) attribute.int(8, item);
  return attribute.int(20, INTS_ATTRIBUTE);
}
