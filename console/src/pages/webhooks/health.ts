// The health of each webhook in the list.
import { useEffect, useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import { list } from "../../api/pages.ts";
import type { RecordSummary, Stats } from "../../api/types.ts";
import { runLimited } from "../../state/concurrency.ts";

export interface Health { stats: Stats; last: RecordSummary | undefined }

/** Two small requests for each row that becomes visible, a few at the same time. */
export function useHealth(id: string, row: { current: HTMLElement | null }): Health | undefined {
  const [health, setHealth] = useState<Health>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const look = async () => {
      const [stats, page] = await Promise.all([
        call<Stats>("GET", `webhooks/${id}/stats`, { signal }),
        list<RecordSummary>("webhooks/history", { query: { webhookId: id, limit: 1, bodies: false }, signal }),
      ]);
      setHealth({ stats, last: page.items[0] });
    };
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      runLimited(() => (signal.aborted ? Promise.resolve() : look().catch(() => undefined))); // a row without its health is still useful
    });
    if (row.current) watcher.observe(row.current);
    return () => { controller.abort(); watcher.disconnect(); };
  }, [id]);
  return health;
}
