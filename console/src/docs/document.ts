// The parts of an OpenAPI 3.1 document that its page shows (spec.openapis.org/oas/v3.1), and functions that read them.

export interface Schema {
  $ref?: string; type?: string | string[]; format?: string; description?: string; default?: unknown; const?: unknown; enum?: unknown[];
  properties?: Record<string, Schema>; required?: string[]; additionalProperties?: boolean | Schema; items?: Schema; anyOf?: Schema[]; oneOf?: Schema[];
  minimum?: number; maximum?: number; exclusiveMinimum?: number; exclusiveMaximum?: number; minLength?: number; maxLength?: number;
  minItems?: number; maxItems?: number; pattern?: string;
}
interface Ref { $ref?: string }
interface Example extends Ref { summary?: string; value?: unknown }
interface Content { schema?: Schema; example?: unknown; examples?: Record<string, Example> }
interface Header extends Ref { description?: string; schema?: Schema; example?: unknown }
interface ResponseEntry extends Ref { description?: string; headers?: Record<string, Header>; content?: Record<string, Content> }
export interface Parameter extends Ref { name: string; in: string; required?: boolean; description?: string; schema?: Schema; example?: unknown }
interface Body extends Ref { required?: boolean; description?: string; content?: Record<string, Content> }
interface OperationEntry {
  operationId?: string; summary?: string; description?: string; tags?: string[]; security?: unknown[];
  parameters?: Parameter[]; requestBody?: Body; responses?: Record<string, ResponseEntry>;
}
type PathEntry = Partial<Record<(typeof METHODS)[number], OperationEntry>> & { parameters?: Parameter[] };

export interface OpenApi {
  info: { title: string; version: string; summary?: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, PathEntry>;
  components?: Record<string, Record<string, unknown>>;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** An example with its summary. */
export interface NamedExample { name: string; summary: string; value: unknown }

export interface OperationResponse { status: string; description: string; headers: [string, Header][]; mediaTypes: string[]; schema: Schema | undefined; examples: NamedExample[] }

export interface OperationBody { isRequired: boolean; description: string; mediaType: string; schema: Schema | undefined; examples: NamedExample[] }

/** One method of one path, with its references resolved. */
export interface Operation {
  id: string; method: string; path: string; tag: string; summary: string; description: string; needsKey: boolean;
  parameters: Parameter[]; body: OperationBody | undefined; responses: OperationResponse[];
}

/** The target of a `$ref`, with the members next to the `$ref`. If there is no target, only these; if there is no `$ref`, the object itself. */
export function resolved<T extends Ref>(document: OpenApi, object: T): T {
  if (object.$ref === undefined) return object;
  const { $ref, ...others } = object;
  const target = $ref.replace(/^#\//, "").split("/").map(unescaped).reduce<unknown>(step, document);
  if (typeof target !== "object" || target === null) return others as T;
  return { ...resolved(document, target as T), ...others };
}

const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");
const step = (place: unknown, part: string): unknown => (place as Record<string, unknown> | undefined)?.[part];

/** The name of a schema: the last part of its reference. */
export function nameOf(schema: Schema): string | undefined {
  return schema.$ref?.split("/").at(-1);
}

/** All operations, in the order of the document. */
export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, entry]) =>
    METHODS.flatMap((method) => (entry[method] ? [operationOf(document, path, method, entry[method], entry.parameters ?? [])] : [])));
}

function operationOf(document: OpenApi, path: string, method: string, entry: OperationEntry, shared: Parameter[]): Operation {
  return {
    id: entry.operationId ?? `${method}${path.replace(/\W+/g, "-")}`,
    method: method.toUpperCase(),
    path,
    tag: entry.tags?.[0] ?? "others",
    summary: entry.summary ?? "",
    description: entry.description ?? "",
    needsKey: entry.security?.length !== 0,
    parameters: [...shared, ...(entry.parameters ?? [])].map((each) => resolved(document, each)),
    body: entry.requestBody && bodyOf(document, resolved(document, entry.requestBody)),
    responses: Object.entries(entry.responses ?? {}).map(([status, response]) => responseOf(document, status, resolved(document, response))),
  };
}

function bodyOf(document: OpenApi, body: Body): OperationBody {
  const [mediaType, content] = Object.entries(body.content ?? {})[0] ?? ["", {}];
  return { isRequired: body.required ?? false, description: body.description ?? "", mediaType, schema: content.schema, examples: examplesOf(document, content) };
}

function responseOf(document: OpenApi, status: string, response: ResponseEntry): OperationResponse {
  const contents = Object.entries(response.content ?? {});
  const [, content = {}] = contents[0] ?? [];
  return {
    status,
    description: response.description ?? "",
    headers: Object.entries(response.headers ?? {}).map(([name, header]) => [name, resolved(document, header)]),
    mediaTypes: contents.map(([mediaType]) => mediaType),
    schema: content.schema,
    examples: examplesOf(document, content),
  };
}

function examplesOf(document: OpenApi, content: Content): NamedExample[] {
  if (content.example !== undefined) return [{ name: "example", summary: "", value: content.example }];
  return Object.entries(content.examples ?? {}).map(([name, example]) => {
    const { summary = name, value } = resolved(document, example);
    return { name, summary, value };
  });
}

/** The operations by tag, in the document's order. Tags without operations are left out. */
export function byTag(document: OpenApi, operations: Operation[]): { name: string; description: string; operations: Operation[] }[] {
  const described = new Map((document.tags ?? []).map((tag) => [tag.name, tag.description ?? ""]));
  const names = new Set([...described.keys(), ...operations.map((each) => each.tag)]);
  return [...names]
    .map((name) => ({ name, description: described.get(name) ?? "", operations: operations.filter((each) => each.tag === name) }))
    .filter((tag) => tag.operations.length > 0);
}

/** Whether an operation contains all words of a search. */
export function matches(operation: Operation, search: string): boolean {
  const text = `${operation.method} ${operation.path} ${operation.id} ${operation.tag} ${operation.summary} ${operation.description}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
