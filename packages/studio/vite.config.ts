import { defineConfig, type Plugin } from "vite";

/** The library is bundled from its sources, so the studio never runs on a stale build of it. */
const conditions = ["@glassnet/source", "module", "browser", "development|production"];

/** The languages of the studio are also those of its controls: the other thirty would be loaded with the first screen. */
const otherLocales =
  /\/react-(aria|aria-components|stately)\/dist\/.*\/intl\/(?:.*\/)?(?!en-US|zh-CN)[a-z]{2}-[A-Z]{2}\.mjs$/;
const onlyOwnLocales: Plugin = {
  name: "only-own-locales",
  load: { filter: { id: otherLocales }, handler: () => "export default undefined;" },
};

export default defineConfig({
  base: "./", // the files work from any web server, below any path
  resolve: { conditions },
  plugins: [onlyOwnLocales],
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
