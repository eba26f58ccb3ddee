import { defineConfig } from "vite";

/** The library is bundled from its sources, so the studio never runs on a stale build of it. */
const conditions = ["@glassnet/source", "module", "browser", "development|production"];

export default defineConfig({
  base: "./", // the files work from any web server, below any path
  resolve: { conditions },
  worker: { format: "es" },
  build: {
    target: "es2022",
    rolldownOptions: { checks: { pluginTimings: false } },
    outDir: "dist",
    emptyOutDir: true,
    reportCompressedSize: false,
    assetsInlineLimit: 0, // addresses that hold their data are refused by strict pages
    chunkSizeWarningLimit: 900,
  },
});
