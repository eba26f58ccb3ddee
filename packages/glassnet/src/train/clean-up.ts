/** An error that happened, whatever was thrown. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Runs all pieces of work, one after the other, also when one of them fails; then throws what failed first, with
 * `earlier` before everything. So what goes wrong while cleaning up never hides why it was cleaned up.
 */
export async function runAll(works: readonly (() => Promise<unknown>)[], earlier?: Failure): Promise<void> {
  let failure = earlier;
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}

/** The result of `work`, after all clean-ups; its error if it fails, theirs only if it does not. */
export async function withCleanUp<T>(
  work: () => Promise<T>,
  cleanUps: readonly (() => Promise<unknown>)[],
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await runAll(cleanUps, { error });
    throw error;
  }
  await runAll(cleanUps);
  return result;
}
