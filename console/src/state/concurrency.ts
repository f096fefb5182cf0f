// Runs many small requests, a few at the same time.

const AT_ONCE = 3;
const waiting: (() => Promise<unknown>)[] = [];
let running = 0;

/** Runs a task when its turn comes. */
export function runLimited(task: () => Promise<unknown>): void {
  waiting.push(task);
  next();
}

function next(): void {
  const task = running < AT_ONCE ? waiting.shift() : undefined;
  if (task === undefined) return;
  running += 1;
  void task().finally(() => { running -= 1; next(); });
}
