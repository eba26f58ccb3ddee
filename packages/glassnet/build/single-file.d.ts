/** The single file, as it is published: UTF-8 text, made of the sources. */
export function singleFile(): Promise<Uint8Array>;
