// The errors of all operations, each once.
import type { AnswerShown, Operation } from "./document.ts";

export interface ErrorShown { status: string; code: string; meaning: string; operations: Operation[] }

export const isError = ({ status }: AnswerShown): boolean => Number(status) >= 400;

/** The codes that an answer may have, with what they mean. */
export function codesOf(answer: AnswerShown): { code: string; meaning: string }[] {
  return answer.examples.map((example) => {
    const { error } = (example.value ?? {}) as { error?: { code?: string; message?: string } };
    return { code: error?.code ?? example.name, meaning: example.summary || error?.message || answer.description };
  });
}

/** All codes by status, and the operations that answer with them. */
export function errorsOf(operations: readonly Operation[]): ErrorShown[] {
  const found = new Map<string, ErrorShown>();
  for (const operation of operations) {
    for (const answer of operation.answers.filter(isError)) {
      for (const { code, meaning } of codesOf(answer)) {
        const name = `${answer.status} ${code}`;
        const known = found.get(name) ?? { status: answer.status, code, meaning, operations: [] };
        if (!known.operations.includes(operation)) known.operations.push(operation);
        found.set(name, known);
      }
    }
  }
  return [...found.values()].sort((one, other) => one.status.localeCompare(other.status) || one.code.localeCompare(other.code));
}
