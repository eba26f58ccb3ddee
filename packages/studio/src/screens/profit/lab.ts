import { type DataSupport, dataSupport, type Layer, linearLayers, predict, UsageError } from "glassnet";
import type { Session } from "../../worker/session.ts";
import { type Books, companyBooks, tableBooks } from "./books.ts";
import { type Csv, type CsvFault, readCsv, rolesIn, tableOf } from "./csv.ts";
import { type Fit, type FitScores, fitted, scoresOf } from "./fit.ts";
import { type FitName, fitNames, keyOf, type Source } from "./table.ts";

/** How far the fits are. */
export interface FitProgress {
  readonly fit: FitName;
  readonly epoch: number;
  readonly of: number;
  /** Mean of the batch losses of the epoch. */
  readonly loss: number;
}

/** What the page knows of a lab that is open. */
export interface LabInfo {
  readonly key: string;
  readonly seed: number;
  readonly name: string;
  readonly isCompany: boolean;
  readonly target: string;
  readonly inputNames: Books["inputNames"];
  readonly numbers: Books["numbers"];
  readonly levels: Books["levels"];
  readonly training: number;
  readonly validation: number;
  /** Values of the target over the training rows. */
  readonly targetMean: number;
  readonly targetLow: number;
  readonly targetHigh: number;
  readonly scores: Readonly<Record<FitName, FitScores>>;
  readonly epochs: number;
}

/** Answers that are kept; more are seldom asked for at once. */
const MAX_MEMOS = 24;

/** The books and both fits, as the worker keeps them. */
export class ProfitLab {
  #opened: { readonly books: Books; readonly fits: Readonly<Record<FitName, Fit>>; readonly info: LabInfo } | undefined;
  #support: DataSupport | undefined;
  #csv: { readonly id: string; readonly csv: Csv | CsvFault } | undefined;
  readonly #memos = new Map<string, unknown>();
  /** What the workspace was about before a fit was opened in it. */
  before:
    | { readonly project: Session["project"]; readonly data: Session["data"]; readonly settings: Session["settings"] }
    | undefined;

  static of(session: Session): ProfitLab {
    return session.own("profit", () => new ProfitLab());
  }

  /** Fits both models to the rows, unless that was done. */
  async *open(session: Session, source: Source): AsyncGenerator<FitProgress, LabInfo, undefined> {
    const key = keyOf(source);
    if (this.#opened?.info.key === key) return this.#opened.info;
    const { device } = session;
    const { seed } = source;
    const books = this.#booksOf(source);
    const found: Partial<Record<FitName, Fit>> = {};
    for (const fit of fitNames) {
      const run = fitted(fit, books, { seed, device });
      let turn = await run.next();
      for (; turn.done !== true; turn = await run.next()) yield { fit, ...turn.value };
      found[fit] = turn.value;
    }
    const fits = found as Record<FitName, Fit>;
    const scores = {
      linear: await scoresOf(fits.linear.model, books, device),
      curved: await scoresOf(fits.curved.model, books, device),
    };
    for (const { training } of Object.values(scores)) {
      if (Number.isFinite(training)) continue;
      throw new UsageError("invalid-data", "profit lab", `the loss after training is ${training}`, {
        help: "look for numbers in the table that are far too large",
      });
    }
    const { name, isCompany, target, inputNames, numbers, levels, training, validation } = books;
    const data = Float64Array.from(training.targets.data);
    const info: LabInfo = {
      ...{ key, seed, name, isCompany, target, inputNames, numbers, levels, scores },
      training: training.size,
      validation: validation.size,
      targetMean: data.reduce((sum, x) => sum + x, 0) / training.size,
      targetLow: data.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY),
      targetHigh: data.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY),
      epochs: fits.curved.epochs,
    };
    this.#opened = { books, fits, info };
    this.#support = undefined;
    this.#memos.clear();
    session.touch(); // what was asked about these rows before they were here is asked again
    return info;
  }

  #booksOf(source: Source): Books {
    if (source.kind === "company") return companyBooks(source);
    const csv = this.read(source);
    const result = "fault" in csv ? csv : tableOf(csv, rolesIn(source.roles, csv), source.name);
    if ("fault" in result) throw new UsageError("invalid-data", source.name, `nothing to learn from: ${result.fault}`);
    return tableBooks(result.table, source.seed);
  }

  /** Reads a text as a table; the last one that was read is kept. */
  read({ id, text }: { readonly id: string; readonly text: string }): Csv | CsvFault {
    if (this.#csv?.id !== id) this.#csv = { id, csv: readCsv(text) };
    return this.#csv.csv;
  }

  /** Whether these are the rows that are open: what is asked about others is answered with nothing. */
  has(key: string): boolean {
    return this.#opened?.info.key === key;
  }

  get books(): Books {
    return this.#here.books;
  }

  get info(): LabInfo {
    return this.#here.info;
  }

  get #here() {
    if (this.#opened === undefined) throw new Error("bug in the studio: no books are open");
    return this.#opened;
  }

  fit(name: FitName): Fit {
    return this.#here.fits[name];
  }

  /** Which fit the workspace is about, if it is one of these. */
  shownIn({ project }: Session): FitName | null {
    if (this.#opened === undefined || project.origin !== "lab") return null;
    const { fits } = this.#opened;
    return (
      fitNames.find(
        (name) => fits[name].preprocessing === project.preprocessing && project.name === labName(name, this.info),
      ) ?? null
    );
  }

  /** A fit as it is now: one that is open in the workspace may have been trained or changed there. */
  async model(session: Session, name: FitName): Promise<Layer> {
    return this.shownIn(session) === name ? (await session.current()).model : this.fit(name).model;
  }

  /** Where the training rows lie. */
  get support(): DataSupport {
    this.#support ??= dataSupport(this.books.training);
    return this.#support;
  }

  /** Predictions for rows in the units of the table. */
  async predict(session: Session, name: FitName, rows: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    const model = await this.model(session, name);
    const width = this.books.inputNames.length;
    const inputs = { dtype: "f32", shape: [rows.length / width, width], data: rows } as const;
    const { preprocessing } = this.fit(name);
    const outputs = await predict(model, inputs, { preprocessing, batchSize: 1024, device: session.device });
    return Float32Array.from(await outputs.data({ device: session.device }));
  }

  /** The linear fit's weights of the inputs, as they were put around 0, and its bias, in the units of the target. */
  async linearTerms(session: Session): Promise<{ readonly weights: Float64Array; readonly bias: number }> {
    const model = await this.model(session, "linear");
    const [layer] = linearLayers(model).values();
    const { scale, offset } = this.#rescale;
    const device = { device: session.device };
    const weights = Float64Array.from(await layer!.weight.value.data(device), (w) => w * scale);
    const [bias = 0] = await layer!.bias!.value.data(device);
    return { weights, bias: bias * scale + offset };
  }

  get #rescale(): { readonly scale: number; readonly offset: number } {
    const [, last] = (this.fit("linear").model as unknown as { layers: readonly { scale: number; offset: number }[] })
      .layers;
    return last!;
  }

  /** The answer of before, as long as the weights are those of before. */
  async memo<T>(
    session: Session,
    kind: string,
    params: { readonly key: string },
    make: () => Promise<T>,
  ): Promise<T | null> {
    if (!this.has(params.key)) return null;
    const version = this.shownIn(session) === null ? 0 : session.status().revision;
    const key = JSON.stringify([kind, params, version]);
    if (!this.#memos.has(key)) {
      for (const old of [...this.#memos.keys()].slice(0, Math.max(0, this.#memos.size - MAX_MEMOS)))
        this.#memos.delete(old);
      this.#memos.set(key, await make());
    }
    return this.#memos.get(key) as T;
  }
}

/** What a fit is called in the workspace. */
export const labName = (name: FitName, { name: table }: Pick<LabInfo, "name">): string => `${table} · ${name}`;
