// The errors of all operations.
import type { OperationResponse, Operation } from "./document.ts";

export interface OperationError { status: string; code: string; meaning: string; operations: Operation[] }

export const isError = ({ status }: OperationResponse): boolean => Number(status) >= 400;

/** The error codes of a response and their meanings. */
export function codesOf(response: OperationResponse): { code: string; meaning: string }[] {
  return response.examples.map((example) => {
    const { error } = (example.value ?? {}) as { error?: { code?: string; message?: string } };
    return { code: error?.code ?? example.name, meaning: example.summary || error?.message || response.description };
  });
}

/** All error codes by status, with the operations that return them. */
export function errorsOf(operations: readonly Operation[]): OperationError[] {
  const found = new Map<string, OperationError>();
  for (const operation of operations) {
    for (const response of operation.responses.filter(isError)) {
      for (const { code, meaning } of codesOf(response)) {
        const name = `${response.status} ${code}`;
        const known = found.get(name) ?? { status: response.status, code, meaning, operations: [] };
        if (!known.operations.includes(operation)) known.operations.push(operation);
        found.set(name, known);
      }
    }
  }
  return [...found.values()].sort((one, other) => one.status.localeCompare(other.status) || one.code.localeCompare(other.code));
}
