import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The folder that the Go program embeds. It contains two committed files: the plain page that is
// served before a build, and the .gitignore for the rest.
const output = path.resolve(import.meta.dirname, "../../internal/web/assets/playground");
const kept = new Set(["index.html", ".gitignore"]);

const brotli = promisify(zlib.brotliCompress);

// Only the compressed files remain, since they are embedded in the program; the server decompresses
// them for the few clients that cannot.
function compressed() {
  return {
    name: "compressed",
    apply: "build",
    async buildStart() {
      for (const name of await readdir(output)) {
        if (!kept.has(name)) {
          await rm(path.join(output, name), { recursive: true });
        }
      }
    },
    async closeBundle() {
      let bytes = 0;
      for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath, entry.name);
        if (!entry.isFile() || kept.has(entry.name)) {
          continue;
        }
        const packed = await brotli(await readFile(file), {
          params: { [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY },
        });
        await writeFile(`${file}.br`, packed);
        await rm(file);
        bytes += packed.length;
      }
      console.log(
        `playground: ${(bytes / 1e6).toFixed(1)} MB in ${path.relative(process.cwd(), output)}`,
      );
    },
  };
}

export default defineConfig({
  // Relative addresses, so that the page works under any path.
  base: "./",
  // The list of files would hide the output of `make run`.
  logLevel: "warn",
  plugins: [react(), compressed()],
  worker: { format: "es" },
  build: {
    outDir: output,
    emptyOutDir: false,
    target: "es2022",
    // The editor is one large chunk; a warning would not help.
    chunkSizeWarningLimit: 8000,
    // Not index.html: that is the committed page.
    rolldownOptions: {
      input: path.resolve(import.meta.dirname, "app.html"),
      // Libraries contain "use no memo" for a compiler that is not used here; each is a warning.
      onwarn(warning, warn) {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") {
          warn(warning);
        }
      },
    },
  },
  // For `npm run dev`: the service answers these paths.
  server: {
    proxy: { "/graphql": { target: "http://127.0.0.1:8080", ws: true } },
  },
});
