// The fields of a user.
import { errorWithoutField, fieldError } from "../../api/field-errors.ts";
import { Problem } from "../../components/basics.tsx";
import { Select, TextArea, TextField } from "../../components/form.tsx";
import type { UserDraft } from "./draft.ts";

const ROLES = [["user", "user: own webhooks only"], ["admin", "admin: everything"]] as const;
const MEMBERS = ["id", "name", "role", "groups"] as const;

export function UserFields({ draft, onInput, error, wasAdmin = false }: { draft: UserDraft; onInput: (draft: UserDraft) => void; error: unknown; wasAdmin?: boolean }) {
  return (
    <>
      <Problem error={errorWithoutField(error, MEMBERS)} />
      <TextField label="Name" required value={draft.name} onInput={(name) => onInput({ ...draft, name })} error={fieldError(error, "name")} hint="For people, up to 200 characters." />
      <Select label="Role" value={draft.role} options={ROLES} onChange={(role) => onInput({ ...draft, role: role as UserDraft["role"] })} error={fieldError(error, "role")}
        hint={roleHint(draft.role, wasAdmin)} />
      <TextArea label="Groups" rows={4} value={draft.groups} onInput={(groups) => onInput({ ...draft, groups })} error={fieldError(error, "groups")}
        hint={<>Ids of groups, one on each line. A notification whose <code>targetGroup</code> is one of them is for this user, and goes to their webhooks.</>} />
    </>
  );
}

function roleHint(role: UserDraft["role"], wasAdmin: boolean): string {
  if (role === "admin") return "Can see and change all webhooks, users and notification types, and create global webhooks.";
  return wasAdmin ? "Global webhooks are for admins only. This user’s global webhooks will be disabled." : "Can see and change their own webhooks only.";
}
