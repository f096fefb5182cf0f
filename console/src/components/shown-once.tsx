// A secret that is shown once.
import { Copy } from "./basics.tsx";

export function ShownOnce({ label, value, children }: { label: string; value: string; children: string }) {
  return (
    <div class="shown-once">
      <p>{children}</p>
      <div class="shown-once-value"><code tabIndex={0} aria-label={label}>{value}</code><Copy text={value} /></div>
    </div>
  );
}
