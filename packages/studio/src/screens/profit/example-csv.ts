/** An ice-cream stand: 48 afternoons with price, temperature, day and profit, to try the reading of tables with. */
export const exampleCsv = makeExample();

function makeExample(): string {
  const lines = ["price,temperature,day,profit"];
  for (let i = 0; i < 48; i++) {
    const price = 1.2 + ((i * 7) % 24) * 0.15;
    const temperature = 14 + ((i * 11) % 17);
    const isWeekend = i % 7 > 4;
    const sold = Math.max(0, 90 + 6 * (temperature - 20) - 28 * price + (isWeekend ? 25 : 0));
    const luck = ((i * 37) % 11) - 5;
    const profit = (price - 0.6) * sold - 30 + luck;
    lines.push(`${price.toFixed(2)},${temperature},${isWeekend ? "weekend" : "weekday"},${profit.toFixed(1)}`);
  }
  return `${lines.join("\n")}\n`;
}
