// Compiles a tree of modules as `compileall` does: `node compile.mjs TREE WHERE`, where WHERE is what the tree is called in Lambda.
// Compiled modules are the same on every machine: what counts is CPython's version, of which the first line that is printed tells.
import { loadPyodide } from "pyodide";

const [tree, where] = process.argv.slice(2);
const python = await loadPyodide({ env: { HOME: "/home", PYTHONHASHSEED: "0" } });
python.FS.mkdirTree("/tree");
python.FS.mount(python.FS.filesystems.NODEFS, { root: tree }, "/tree");
python.globals.set("where", where);
const [version, isDone] = python.runPython(`
import compileall, py_compile, sys
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
"python{}.{}".format(*sys.version_info), compileall.compile_dir("/tree", quiet=1, force=True, invalidation_mode=mode, stripdir="/tree", prependdir=where)
`).toJs();
console.log(version);
process.exitCode = isDone ? 0 : 1;
