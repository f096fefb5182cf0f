// JSON whose large integers keep their digits. A schema may have some, and it is shown and saved again.

/** Newer browsers know the text of a number (ECMAScript 2026). Older ones round it, as `JSON.parse` does. */
interface Sources {
  parse: (text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown) => unknown;
  rawJSON?: (text: string) => unknown;
}

const { parse, rawJSON } = JSON as unknown as Sources;

/** The values of a JSON text. An integer above 2^53 is an object that `JSON.stringify` writes with the same digits. */
export function parsed(text: string): unknown {
  if (rawJSON === undefined) return JSON.parse(text);
  return parse(text, (_key, value, context) => {
    const isRounded = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "");
    return isRounded ? rawJSON(context?.source ?? "") : value;
  });
}
