/** What lets memory be shared with threads. A server of your own sends the same. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

// biome-ignore lint/style/noDefaultExport: Vite reads its settings from the default export
export default { server: { headers }, preview: { headers }, worker: { format: "es" } };
