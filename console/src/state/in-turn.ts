// Small requests of which there may be many: a few at a time.

const AT_ONCE = 3;
const waiting: (() => Promise<unknown>)[] = [];
let running = 0;

/** Do something when its turn comes. */
export function inTurn(task: () => Promise<unknown>): void {
  waiting.push(task);
  next();
}

function next(): void {
  const task = running < AT_ONCE ? waiting.shift() : undefined;
  if (task === undefined) return;
  running += 1;
  void task().finally(() => { running -= 1; next(); });
}
