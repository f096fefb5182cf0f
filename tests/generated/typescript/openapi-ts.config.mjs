// @hey-api/openapi-ts reads this. Node.js wants the names of files whole.
export default {
  input: "openapi.json",
  output: { path: "hey", module: { extension: ".js" } },
  logs: { file: false },
};
