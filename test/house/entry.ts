import { parse, read, resolveImport, type SourceFile, type Syntax } from "./repository.ts";

/** A public name: where it is declared, and whether a docstring stands above it. */
export interface PublicName {
  readonly name: string;
  readonly kind: "value" | "type";
  readonly declaredIn: string;
  readonly hasDocstring: boolean;
}

export type ReadSource = (path: string) => SourceFile;

const TYPE_DECLARATIONS = new Set(["TSInterfaceDeclaration", "TSTypeAliasDeclaration"]);

/** Every name that an entry exports, sorted, each followed to the file that declares it. */
export function publicNames(path: string, readSource: ReadSource = read): PublicName[] {
  const names: PublicName[] = [];
  for (const statement of parse(readSource(path))) {
    if (statement.type === "ExportAllDeclaration" && statement.exported === null) {
      throw new Error(`${path}: an entry lists its names one by one, without export *`);
    }
    for (const name of exportedBy(statement)) names.push(locate(path, name, readSource));
  }
  return names.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function exportedBy(statement: Syntax): string[] {
  if (statement.type === "ExportAllDeclaration") return [nameOf(statement.exported)];
  if (statement.type !== "ExportNamedDeclaration") return [];
  const specifiers = (statement.specifiers as readonly Syntax[]).map(({ exported }) => nameOf(exported));
  return [...specifiers, ...declaredBy(statement.declaration)];
}

function declaredBy(declaration: unknown): string[] {
  const { id, declarations } = (declaration ?? {}) as { id?: unknown; declarations?: readonly { id: unknown }[] };
  if (declarations !== undefined) return declarations.map((one) => nameOf(one.id));
  return id === undefined || id === null ? [] : [nameOf(id)];
}

function nameOf(identifier: unknown): string {
  const { name, value } = identifier as { name?: string; value?: string };
  return name ?? value ?? "";
}

/** Follows an exported name through re-exports and imports to its declaration. */
function locate(path: string, name: string, readSource: ReadSource): PublicName {
  const file = readSource(path);
  const statements = parse(file);
  for (const statement of statements) {
    if (statement.type === "ExportAllDeclaration" && nameOf(statement.exported) === name) {
      return { name, kind: "value", declaredIn: path, hasDocstring: hasDocstring(file.text, statement) };
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    if (declaredBy(statement.declaration).includes(name)) return declared(file, name, statement);
    for (const specifier of statement.specifiers as readonly Syntax[]) {
      if (nameOf(specifier.exported) !== name) continue;
      const local = nameOf(specifier.local);
      const found = statement.source
        ? locate(target(path, statement), local, readSource)
        : locateLocal(file, statements, local, readSource);
      const asType = statement.exportKind === "type" || specifier.exportKind === "type";
      return { ...found, name, kind: asType ? "type" : found.kind };
    }
  }
  throw new Error(`${path}: cannot find the export ${name}`);
}

function locateLocal(file: SourceFile, statements: readonly Syntax[], name: string, readSource: ReadSource) {
  for (const statement of statements) {
    if (declaredBy(statement).includes(name)) return declared(file, name, statement);
    if (statement.type !== "ImportDeclaration") continue;
    for (const specifier of statement.specifiers as readonly Syntax[]) {
      if (nameOf(specifier.local) !== name) continue;
      if (specifier.type === "ImportNamespaceSpecifier") {
        return {
          name,
          kind: "value",
          declaredIn: file.path,
          hasDocstring: hasDocstring(file.text, statement),
        } as const;
      }
      return locate(target(file.path, statement), nameOf(specifier.imported), readSource);
    }
  }
  throw new Error(`${file.path}: cannot find the declaration of ${name}`);
}

function target(path: string, statement: Syntax): string {
  return resolveImport(path, nameOf(statement.source));
}

function declared(file: SourceFile, name: string, statement: Syntax): PublicName {
  const declaration = (statement.declaration ?? statement) as Syntax;
  const kind = TYPE_DECLARATIONS.has(declaration.type) ? "type" : "value";
  return { name, kind, declaredIn: file.path, hasDocstring: hasDocstring(file.text, statement) };
}

/** True if a comment that begins with two stars ends right above the statement (above the first of its overloads). */
function hasDocstring(text: string, statement: Syntax): boolean {
  const above = text.slice(0, statement.start).trimEnd();
  return above.endsWith("*/") && above.lastIndexOf("/**") > above.lastIndexOf("*/", above.length - 3);
}

/** An entry with the same names as another one: the main entry once more, in a single file. */
export const isTwin = (subpath: string): boolean => subpath === "./standalone";

/** The entries of a package, from its export map: the name users import, and the source file behind it. Without twins. */
export function entriesOf(folder: string): { readonly specifier: string; readonly source: string }[] {
  const { name, exports } = JSON.parse(read(`${folder}/package.json`).text);
  const entries = Object.entries<Record<string, string>>(exports).filter(([subpath]) => !isTwin(subpath));
  return entries.map(([subpath, targets]) => {
    const source = targets["@glassnet/source"];
    if (source === undefined) throw new Error(`${name}: ${subpath} has no source condition`);
    return { specifier: `${name}${subpath.slice(1)}`, source: `${folder}/${source.slice(2)}` };
  });
}
