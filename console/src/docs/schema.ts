// JSON Schemas as rows of a table. Nested members are indented.
import { nameOf, type OpenApi, resolved, type Schema } from "./document.ts";

export interface Row { path: string; name: string; depth: number; isRequired: boolean; type: string; limits: string[]; values: string[]; description: string }

const DEPTH_MAX = 6;
const DESCRIBED_FORMATS: Record<string, string> = { "date-time": "ISO 8601 with a zone", date: "a day, ISO 8601" };

/** The members of a schema, each followed by its own members. A recursive schema is not repeated. */
export function rowsOf(document: OpenApi, schema: Schema | undefined): Row[] {
  return schema === undefined ? [] : opened(document, schema, { depth: 0, path: "", names: [] });
}

/** The type of a value: `string or null`, `array of Webhook`, `object of integer`. */
export function typeOf(document: OpenApi, schema: Schema): string {
  const whole = resolved(document, schema);
  const alternatives = alternativesOf(whole);
  if (alternatives !== undefined) return [...new Set(alternatives.map((each) => typeOf(document, each)))].join(" or ");
  if (whole.const !== undefined) return JSON.stringify(whole.const);
  if (Array.isArray(whole.type)) return whole.type.join(" or ");
  if (whole.type === "array") return whole.items ? `array of ${typeOf(document, whole.items)}` : "array";
  if (whole.type !== "object") return whole.type ?? "anything";
  const { additionalProperties } = whole;
  if (whole.properties !== undefined) return nameOf(schema) ?? "object";
  return typeof additionalProperties === "object" ? `object of ${typeOf(document, additionalProperties)}` : "object";
}

/** The limits of a value, each in a few words: `1 to 200 characters`, `default 50`. */
export function limitsOf(document: OpenApi, schema: Schema): string[] {
  const whole = resolved(document, schema);
  const own = [
    range(whole.minimum, whole.maximum),
    range(whole.minLength, whole.maxLength, "character"),
    range(whole.minItems, whole.maxItems, "item"),
    whole.exclusiveMinimum !== undefined && `more than ${whole.exclusiveMinimum}`,
    whole.exclusiveMaximum !== undefined && `less than ${whole.exclusiveMaximum}`,
    whole.format !== undefined && (DESCRIBED_FORMATS[whole.format] ?? whole.format),
    whole.pattern !== undefined && `matches ${whole.pattern}`,
  ];
  const alternatives = (alternativesOf(whole) ?? []).flatMap((each) => limitsOf(document, each));
  const items = whole.items ? limitsOf(document, whole.items).map((each) => `each ${each}`) : [];
  const preset = whole.default === undefined ? [] : [`default ${JSON.stringify(whole.default)}`];
  return [...new Set([...own.filter((each) => typeof each === "string"), ...alternatives, ...items, ...preset])];
}

/** The values of an enum. */
export function valuesOf(document: OpenApi, schema: Schema): string[] {
  const whole = resolved(document, schema);
  const inner = [...(alternativesOf(whole) ?? []), ...(whole.items ? [whole.items] : [])].flatMap((each) => valuesOf(document, each));
  return [...(whole.enum ?? []).map((each) => (typeof each === "string" ? each : JSON.stringify(each))), ...inner];
}

interface Place { depth: number; path: string; names: string[] }
interface ObjectSchema { name: string | undefined; whole: Schema }

function opened(document: OpenApi, schema: Schema, place: Place): Row[] {
  const objects = objectsIn(document, schema).filter(({ name }) => name === undefined || !place.names.includes(name));
  const [first] = objects;
  if (first === undefined || place.depth > DEPTH_MAX) return [];
  if (objects.length === 1) return members(document, first, place);
  return objects.flatMap((each, index) => {
    const path = `${place.path}|${index}`;
    const heading: Row = { path, name: each.name ?? "object", depth: place.depth, isRequired: false, type: index === 0 ? "either" : "or", limits: [], values: [], description: each.whole.description ?? "" };
    return [heading, ...members(document, each, { ...place, path, depth: place.depth + 1 })];
  });
}

/** The objects that a value is or contains. */
function objectsIn(document: OpenApi, schema: Schema): ObjectSchema[] {
  const whole = resolved(document, schema);
  const { additionalProperties } = whole;
  if (whole.properties !== undefined) return [{ name: nameOf(schema), whole }];
  const inner = [...(alternativesOf(whole) ?? []), ...(whole.items ? [whole.items] : []), ...(typeof additionalProperties === "object" ? [additionalProperties] : [])];
  return inner.flatMap((each) => objectsIn(document, each));
}

function members(document: OpenApi, { name, whole }: ObjectSchema, { depth, path, names }: Place): Row[] {
  const inside = name === undefined ? names : [...names, name];
  const rows = Object.entries(whole.properties ?? {}).flatMap(([member, schema]) => {
    const here = `${path}.${member}`;
    return [row(document, schema, { path: here, name: member, depth, isRequired: whole.required?.includes(member) ?? false }),
      ...opened(document, schema, { depth: depth + 1, path: here, names: inside })];
  });
  const others = whole.additionalProperties;
  if (!others) return rows;
  return [...rows, row(document, others === true ? {} : others, { path: `${path}.*`, name: "any other", depth, isRequired: false })];
}

function row(document: OpenApi, schema: Schema, place: Pick<Row, "path" | "name" | "depth" | "isRequired">): Row {
  return {
    ...place,
    type: typeOf(document, schema),
    limits: limitsOf(document, schema),
    values: valuesOf(document, schema),
    description: resolved(document, schema).description ?? "",
  };
}

const alternativesOf = (schema: Schema): Schema[] | undefined => schema.anyOf ?? schema.oneOf;

function range(least: number | undefined, most: number | undefined, noun?: string): string | undefined {
  const unit = (number: number): string => (noun === undefined ? "" : ` ${noun}${number === 1 ? "" : "s"}`);
  if (least !== undefined && least === most) return `exactly ${least}${unit(least)}`;
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit(most)}`;
  if (least !== undefined) return `at least ${least}${unit(least)}`;
  return most === undefined ? undefined : `at most ${most}${unit(most)}`;
}
