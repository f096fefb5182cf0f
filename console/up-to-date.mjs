// Checks that chalicelib/web is built from these sources and this lock, byte for byte, and that it is not too large.
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const GZIPPED_BYTES_MAX = 100_000; // all files that browsers load, except the description of the API

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, "..", "chalicelib", "web");
const fresh = await mkdtemp(join(tmpdir(), "posthorn-console-"));
try {
  const run = (...command) => execFileSync(process.execPath, command, { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
  run("build.mjs", fresh);
  run("node_modules/openapi-typescript/bin/cli.js", join(web, "openapi.json"), "--output", join(fresh, "schema.d.ts"), "--alphabetize");
  const different = [];
  const isSame = async (one, other) => (await read(one))?.equals((await read(other)) ?? Buffer.alloc(0)) ?? false;
  const built = (await readdir(fresh)).filter((name) => name !== "schema.d.ts");
  const kept = (await readdir(web)).filter((name) => name !== "openapi.json");
  for (const name of new Set([...built, ...kept])) if (!(await isSame(join(fresh, name), join(web, name)))) different.push(`chalicelib/web/${name}`);
  if (!(await isSame(join(fresh, "schema.d.ts"), join(here, "src/api/schema.d.ts")))) different.push("console/src/api/schema.d.ts");
  const sizes = await Promise.all(built.map(async (name) => gzipSync(await readFile(join(fresh, name))).length));
  const total = sizes.reduce((sum, each) => sum + each, 0);
  console.log(`console: ${total} bytes gzipped of ${GZIPPED_BYTES_MAX}`);
  if (different.length > 0) fail(`Not built from the sources: ${different.join(", ")}. Run 'make console' and commit the files that it writes.`);
  if (total > GZIPPED_BYTES_MAX) fail(`The console is larger than ${GZIPPED_BYTES_MAX} bytes gzipped.`);
} finally {
  await rm(fresh, { recursive: true });
}

function read(path) {
  return readFile(path).catch(() => undefined);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
