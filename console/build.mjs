// Builds the console into a folder: `node build.mjs [folder]`. The same sources and lock always produce the same bytes.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "..", "chalicelib", "web");
const KEPT = new Set(["openapi.json"]); // not built here
const ROOT = "{{root}}"; // the service replaces it with the path that it is mounted at

const { metafile } = await build({
  absWorkingDir: here,
  preserveSymlinks: true, // the same names and bytes if node_modules is a link
  entryPoints: { console: "src/main.tsx", docs: "src/docs.tsx", style: "src/styles/index.css", icon: "src/icon.svg" },
  outdir: folder,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".svg": "copy" },
  legalComments: "none",
  minify: true,
  charset: "utf8",
  metafile: true,
  write: false,
}).then(async (result) => {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!KEPT.has(name)) await rm(join(folder, name));
  for (const file of result.outputFiles) await writeFile(join(folder, basename(file.path)), file.contents);
  return result;
});

const outputs = Object.entries(metafile.outputs);
const output = (source) => outputs.find(([, each]) => each.entryPoint === source || each.inputs?.[source] && !each.entryPoint);
const url = (path) => `${ROOT}console/${basename(path)}`;

for (const [page, source] of [["console.html", "src/main.tsx"], ["docs.html", "src/docs.tsx"]]) {
  const [script, { imports }] = output(source);
  const preloads = imports.filter((each) => each.kind === "import-statement").map((each) => each.path);
  const html = (await readFile(join(here, "src", page), "utf8"))
    .replace("{{script}}", url(script))
    .replace("{{style}}", url(output("src/styles/index.css")[0]))
    .replace("{{icon}}", url(output("src/icon.svg")[0]))
    .replace("{{preloads}}", preloads.map((path) => `<link rel="modulepreload" href="${url(path)}">`).join(""));
  await writeFile(join(folder, page), html);
}
