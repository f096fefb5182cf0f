// A secret: entered here, and never shown again.
import { useEffect, useRef, useState } from "preact/hooks";
import { TextField } from "../../components/form.tsx";
import type { Secret } from "../../webhook/secret.ts";

interface Props { label: string; secret: Secret; mayKeep: boolean; error: string | undefined; isHidden?: boolean; onChange: (secret: Secret) => void }

/** An existing secret is “kept” until somebody replaces it. They can undo that. */
export function SecretField({ label, secret, mayKeep, error, isHidden = true, onChange }: Props) {
  const [isReplacing, setReplacing] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => { if (isReplacing) place.current?.querySelector("input")?.focus(); }, [isReplacing]);
  if (secret.isKept) {
    return (
      <div class={`field kept${error ? " wrong" : ""}`}>
        <span class="kept-label">{label}</span>
        <p><span class="kept-word">kept</span> <button type="button" class="quiet small" aria-invalid={error !== undefined} aria-label={`Replace the ${label.toLowerCase()}`} onClick={() => { setReplacing(true); onChange({ isKept: false, text: "" }); }}>Replace</button></p>
        {error && <p class="hint"><span class="wrong-text">{error}</span></p>}
      </div>
    );
  }
  const back = mayKeep && <button type="button" class="quiet small" onClick={() => { setReplacing(false); onChange({ isKept: true, text: "" }); }}>Keep the existing one</button>;
  return (
    <div ref={place}>
      <TextField label={label} type={isHidden ? "password" : "text"} value={secret.text} onInput={(text) => onChange({ isKept: false, text })} error={error} hint={back || undefined} />
    </div>
  );
}
