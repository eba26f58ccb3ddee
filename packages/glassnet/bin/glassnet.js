#!/usr/bin/env node
import("@glassnet/cli").then(
  ({ main }) => main(process.argv.slice(2)),
  (error) => {
    if (error?.code !== "ERR_MODULE_NOT_FOUND") throw error;
    console.error(`error: the glassnet command lives in the package @glassnet/cli, which is not here (or not built)
  run "npm install --save-dev @glassnet/cli"; in a clone of the repository, "npm run build"`);
    process.exitCode = 1;
  },
);
