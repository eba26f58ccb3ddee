import { type Client, RequestError } from "../worker/client.ts";
import type { Store } from "../workspace/store.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { News } from "./services.tsx";

/** Opens a model file in the session and tells how it went. */
async function loadModel(client: Client, news: Store<News | null>, file: File): Promise<void> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    await client.request("core/load", { name: file.name, bytes }, [bytes.buffer]);
    news.set({ kind: "loaded", name: file.name });
  } catch (error) {
    const message = error instanceof RequestError ? error.trouble.message : String(error);
    news.set({ kind: "refused", name: file.name, message });
  }
}

/** Takes a file wherever it was dropped: a model is opened, a table goes to the profit lab. */
export async function takeFile(
  file: File,
  { client, news, workspace }: { client: Client; news: Store<News | null>; workspace: Workspace },
): Promise<void> {
  if (/\.safetensors$/i.test(file.name)) {
    workspace.undo.clear();
    await loadModel(client, news, file);
  } else if (/\.(csv|tsv|txt)$/i.test(file.name)) {
    workspace.table.set({ name: file.name, text: await file.text() });
    workspace.open("profit");
  } else {
    news.set({ kind: "unknown-file" });
  }
}

/** Asks for a model file. */
export function openModelFile(client: Client, news: Store<News | null>): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".safetensors";
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file !== undefined) void loadModel(client, news, file);
  });
  input.click();
}

/** Saves the model with the weights of now. */
export async function saveModelFile(client: Client): Promise<void> {
  const bytes = await client.request("core/save").catch(() => undefined);
  if (bytes === undefined) return; // the session is lost, which the banner says
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "model.safetensors";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
