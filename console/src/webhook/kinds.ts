// The simple kinds of fields: text, number, choice and flag.
import { type Field, type Words, Wrong } from "./field.ts";

type Optional<Value> = Value | null;

interface TextWords extends Words { unset: string; lengthMax: number }

/** Text that can be left empty. */
export function text(words: TextWords): Field<Optional<string>, Optional<string>, string> {
  return {
    input: "line", ...words, isCheckedWhileTyping: true, blank: "", fromApi: (value) => value ?? "", inWords: (entered) => entered,
    toApi: (entered) => (entered.trim() === "" ? null : tooLong(entered, words.lengthMax) ?? entered),
  };
}

/** Text that cannot be left empty; `missing` asks for it. */
export function requiredText({ missing, ...words }: Words & { lengthMax: number; missing: string }): Field<string, string, string> {
  return {
    input: "line", ...words, unset: "none", blank: "", fromApi: (value) => value, inWords: (entered) => entered,
    toApi: (entered) => {
      const trimmed = entered.trim();
      return trimmed === "" ? new Wrong(missing) : tooLong(trimmed, words.lengthMax) ?? trimmed;
    },
  };
}

interface NumberWords extends Words { hint: string; unset: string; min: number; max: number; isWhole?: boolean; inWords: (value: number) => string }

/** A number that can be left empty. Its bounds and its default are added to the hint. */
export function number({ min, max, isWhole = false, inWords, ...words }: NumberWords): Field<Optional<number>, Optional<number>, string> {
  return {
    input: "number", ...words, hint: `${words.hint} Allowed: ${min} to ${max.toLocaleString("en")}. Empty: ${words.unset}.`, bounds: [min, max], isCheckedWhileTyping: true, blank: "", fromApi: (value) => (value === null ? "" : String(value)),
    inWords: (entered) => (Number.isNaN(read(entered)) ? entered : inWords(read(entered))),
    toApi: (entered) => {
      if (entered.trim() === "") return null;
      const value = read(entered);
      if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
      return new Wrong(`Enter a ${isWhole ? "whole " : ""}number from ${min} to ${max.toLocaleString("en")}, or nothing for the default.`);
    },
  };
}

/** One of several values; one is always chosen. */
export function choice<Value extends string>(words: Words & { options: Readonly<Record<Value, string>>; blank: NoInfer<Value> }): Field<Value, Value, string> {
  return {
    input: "choice", ...words, unset: "none", fromApi: (value) => value, inWords: (entered) => words.options[entered as Value] ?? entered,
    toApi: (entered) => entered as Value,
  };
}

/** One of several values, or none, which is the option `""`. */
export function optionalChoice<Value extends string>(
  words: Words & { options: Readonly<Record<Value, string>> & { readonly "": string } },
): Field<Optional<Exclude<Value, "">>, Optional<Exclude<Value, "">>, string> {
  return {
    input: "choice", ...words, unset: words.options[""], blank: "", fromApi: (value) => value ?? "", inWords: (entered) => words.options[entered as Value] ?? entered,
    toApi: (entered) => (entered === "" ? null : entered as Exclude<Value, "">),
  };
}

/** Yes or no; no is the default. */
export function flag(words: Words): Field<boolean, boolean, boolean> {
  return { input: "flag", ...words, unset: "no", blank: false, fromApi: (value) => value, inWords: (entered) => (entered ? "yes" : ""), toApi: (entered) => entered };
}

/** A number with a decimal point or comma. */
function read(entered: string): number {
  return entered.trim() === "" ? Number.NaN : Number(entered.trim().replace(",", "."));
}

function tooLong(entered: string, lengthMax: number): Wrong | null {
  if (entered.length <= lengthMax) return null;
  return new Wrong(`This has ${entered.length.toLocaleString("en")} characters. At most ${lengthMax.toLocaleString("en")} are allowed.`);
}
