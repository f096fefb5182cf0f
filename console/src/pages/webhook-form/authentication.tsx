// How requests authenticate themselves to the receiver.
import { Select, TextField } from "../../components/form.tsx";
import type { FieldErrors } from "./errors.ts";
import type { Authentication, Way } from "./form.ts";
import { SecretField } from "./secret-field.tsx";

const WAYS: readonly (readonly [Way, string])[] = [
  ["none", "Nothing besides the signature"],
  ["basic", "Basic: a user name and a password"],
  ["bearer", "Bearer: a token"],
  ["oauth2", "OAuth2: client credentials"],
];

const CLIENT_AUTHENTICATIONS: readonly (readonly [string, string])[] = [
  ["basic", "In the header, form-encoded (the standard)"],
  ["basicRaw", "In the header, as they are"],
  ["body", "In the body"],
];

interface Props { given: Authentication; before: Authentication | null; error: string | undefined; errors: FieldErrors; isForeign: boolean; onChange: (given: Authentication) => void }

export function AuthenticationFields({ given, before, error, errors, isForeign, onChange }: Props) {
  const put = (parts: Partial<Authentication>) => onChange({ ...given, ...parts });
  const secret = (name: "password" | "token" | "clientSecret") =>
    ({ secret: given[name], mayKeep: before?.[name].isKept ?? false, error: errors[name], onChange: (value: Authentication["password"]) => put({ [name]: value }) });
  const isMasked = isForeign && before?.way === "oauth2";
  return (
    <>
      <Select label="Authentication" value={given.way} options={WAYS} onChange={(way) => put({ way: way as Way })} error={error ?? errors["type"]} />
      {given.way === "basic" && (
        <div class="pair">
          <TextField label="User name" value={given.username} onInput={(username) => put({ username })} error={errors["username"]} />
          <SecretField label="Password" {...secret("password")} />
        </div>
      )}
      {given.way === "bearer" && <SecretField label="Token" {...secret("token")} />}
      {given.way === "oauth2" && (
        <>
          <TextField label="Token URL" inputMode="url" value={given.tokenUrl} onInput={(tokenUrl) => put({ tokenUrl })} error={errors["tokenUrl"]}
            placeholder="https://login.example.com/token"
            hint={isMasked ? "Only the owner sees it. Empty, it stays as it is; to change anything else here, write it anew." : "Tokens are fetched from here. For another URL the secret has to be written anew."} />
          <div class="pair">
            <TextField label="Client id" value={given.clientId} onInput={(clientId) => put({ clientId })} error={errors["clientId"]} />
            <SecretField label="Client secret" {...secret("clientSecret")} />
          </div>
          <Select label="Id and secret are sent" value={given.clientAuthentication} options={CLIENT_AUTHENTICATIONS}
            onChange={(clientAuthentication) => put({ clientAuthentication })} error={errors["clientAuthentication"]} />
          <TextField label="Scope" value={given.scope} onInput={(scope) => put({ scope })} error={errors["scope"]} hint="Only where the token server wants one." />
        </>
      )}
    </>
  );
}
