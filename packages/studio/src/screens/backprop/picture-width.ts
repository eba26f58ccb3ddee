/** The side of the pictures that the network takes, if it takes square ones. */
export function pictureWidth(inputShape: readonly number[]): number | undefined {
  const [height, width] = inputShape.slice(-2);
  const isOne = inputShape.length >= 2 && inputShape.slice(0, -2).every((n) => n === 1);
  return isOne && height === width ? width : undefined;
}
