// The fields of a user, with what they do.
import { wrongElsewhere, wrongWith } from "../../api/fields.ts";
import { Problem } from "../../components/basics.tsx";
import { Select, TextArea, TextField } from "../../components/form.tsx";
import type { UserDraft } from "./draft.ts";

const ROLES = [["user", "user: touches what is their own"], ["admin", "admin: touches everything"]] as const;
const MEMBERS = ["id", "name", "role", "groups"] as const;

export function UserFields({ draft, onInput, error, wasAdmin = false }: { draft: UserDraft; onInput: (draft: UserDraft) => void; error: unknown; wasAdmin?: boolean }) {
  return (
    <>
      <Problem error={wrongElsewhere(error, MEMBERS)} />
      <TextField label="Name" required value={draft.name} onInput={(name) => onInput({ ...draft, name })} error={wrongWith(error, "name")} hint="As people know them; up to 200 characters." />
      <Select label="Role" value={draft.role} options={ROLES} onChange={(role) => onInput({ ...draft, role: role as UserDraft["role"] })} error={wrongWith(error, "role")}
        hint={roleHint(draft.role, wasAdmin)} />
      <TextArea label="Groups" rows={4} value={draft.groups} onInput={(groups) => onInput({ ...draft, groups })} error={wrongWith(error, "groups")}
        hint={<>Ids of groups, one to a line. A notification whose <code>targetGroup</code> is one of them is for this user: their webhooks receive it.</>} />
    </>
  );
}

function roleHint(role: UserDraft["role"], wasAdmin: boolean): string {
  if (role === "admin") return "Sees and changes everybody’s webhooks, users and notification types, and may make global webhooks.";
  return wasAdmin ? "Global webhooks are for admins: those that are theirs will be disabled." : "Sees and changes their own webhooks alone.";
}
