import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Csv, guessRoles, numberIn, readCsv, tableOf } from "./csv.ts";
import { exampleCsv } from "./example-csv.ts";
import { MAX_ROWS } from "./table.ts";

const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join("\n");

function read(text: string): Csv {
  const csv = readCsv(text);
  if ("fault" in csv) throw new Error(csv.fault);
  return csv;
}

describe("a number in a cell", () => {
  test.each([
    ["12", 12],
    [" -3.5 ", -3.5],
    ["1,200", 1200],
    ["€ 12.50", 12.5],
    ["-$1,200.5", -1200.5],
    ["12 %", 12],
    ["¥300", 300],
    ["−7", -7],
    ["1e3", 1000],
    [".5", 0.5],
  ])("%s", (text, value) => expect(numberIn(text, false)).toBe(value));

  test.each(["", "abc", "12 apples", "1,2,3", "0x10", "Infinity", "NaN", "--1"])("%s is none", (text) =>
    expect(numberIn(text, false)).toBeNaN(),
  );

  test("with commas for decimals", () => {
    expect(numberIn("12,5", true)).toBe(12.5);
    expect(numberIn("1.200,5", true)).toBe(1200.5);
    expect(numberIn("0.5", true)).toBe(0.5);
  });

  test("whatever JavaScript prints comes back", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(numberIn(String(x), false)).toBe(x === 0 ? 0 : x);
      }),
    );
  });
});

describe("a table", () => {
  test("has numbers, words and what cannot be used", () => {
    const csv = read(
      `price,day,id,same,note,profit\n${lines(30, (i) => `${i},${i % 2 ? "a" : "b"},x${i},5,"n, ${i}",${i * i}`)}`,
    );
    expect(csv.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["price", "number"],
      ["day", "level"],
      ["id", "words"],
      ["same", "constant"],
      ["note", "words"],
      ["profit", "number"],
    ]);
    expect(guessRoles(csv)).toEqual(["input", "input", "out", "out", "out", "target"]);
  });

  test("may have semicolons, tabs, a mark at its beginning, or no names", () => {
    expect(read(`\uFEFFa;b\n${lines(20, (i) => `${i},5;${i}`)}`).columns[0]).toMatchObject({
      name: "a",
      low: 0.5,
      high: 19.5,
    });
    expect(read(lines(20, (i) => `${i}\t${2 * i}`)).columns.map(({ name }) => name)).toEqual(["#1", "#2"]);
    expect(read(`a,a,\n${lines(20, (i) => `${i},${i},${i}`)}`).columns.map(({ name }) => name)).toEqual([
      "a",
      "a (2)",
      "#3",
    ]);
  });

  test("rows in which a number is missing are left out", () => {
    const csv = read(`x,y\n${lines(40, (i) => (i === 7 ? ",1" : i === 9 ? "n/a,1" : `${i},${i}`))}`);
    const result = tableOf(csv, ["input", "target"], "t");
    if ("fault" in result) throw new Error(result.fault);
    expect(result.leftOut).toBe(2);
    expect(result.table.target.values.length).toBe(38);
    expect(result.table.numbers[0]!.values).not.toContain(Number.NaN);
  });

  test.each([
    ["", { fault: "empty" }],
    ["  \n\n ", { fault: "empty" }],
    ["a,b\nx,y\nz,w", { fault: "no-numbers", columns: 2 }],
    [`a,b\n${lines(30, (i) => `${i},w`)}`, { fault: "one-number", column: "a" }],
    [`a,b\n${lines(30, () => "1,w")}`, { fault: "all-constant" }],
    [`a,b\n${lines(5, (i) => `${i},${i}`)}`, { fault: "few-rows", rows: 5 }],
    [`a,b\n${lines(MAX_ROWS + 1, (i) => `${i},${i}`)}`, { fault: "many-rows" }],
    [lines(2, () => Array.from({ length: 50 }, (_, j) => j).join(",")), { fault: "many-columns", columns: 50 }],
  ])("that cannot be learnt from says why (%#)", (text, fault) => expect(readCsv(text)).toEqual(fault));

  test("roles that do not work say why", () => {
    const csv = read(`x,y\n${lines(30, (i) => `${i},${i}`)}`);
    expect(tableOf(csv, ["input", "input"], "t")).toEqual({ fault: "no-target" });
    expect(tableOf(csv, ["out", "target"], "t")).toEqual({ fault: "no-inputs" });
    const flat = read(`x,y,z\n${lines(30, (i) => `${i},${i < 2 ? 1 + i : ""},${i}`)}`);
    expect(tableOf(flat, ["input", "target", "input"], "t")).toEqual({ fault: "no-target" });
    const gaps = read(`x,y,z\n${lines(20, (i) => `${i === 3 ? "" : i},${i === 5 ? "" : i},${i}`)}`);
    expect(tableOf(gaps, ["input", "input", "target"], "t")).toEqual({ fault: "few-rows" });
  });

  test("no text breaks the reading, and names stay what they were", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const csv = readCsv(text);
        if (!("fault" in csv)) expect(csv.columns.length).toBeGreaterThan(1);
      }),
    );
    const names = ["<img src=x onerror=alert(1)>", "__proto__", "constructor"];
    const csv = read(`${names.join(",")}\n${lines(20, (i) => `${i},${i},${i}`)}`);
    expect(csv.columns.map(({ name }) => name)).toEqual(names);
  });

  test("the example is one", () => {
    const csv = read(exampleCsv);
    expect(guessRoles(csv)).toEqual(["input", "input", "input", "target"]);
    expect(csv.rows).toBe(48);
  });
});
