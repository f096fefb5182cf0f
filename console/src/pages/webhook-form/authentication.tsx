// How requests authenticate to the receiver.
import { Select, TextField } from "../../components/form.tsx";
import { type Authentication, CLIENT_AUTHENTICATIONS, METHODS } from "../../webhook/authentication.ts";
import type { InputProps } from "./inputs.tsx";
import { SecretField } from "./secret-field.tsx";

export function AuthenticationInput({ field, entered, before, error, errors, around, change }: InputProps<Authentication>) {
  const put = (parts: Partial<Authentication>) => change({ ...entered, ...parts });
  const secret = (name: "password" | "token" | "clientSecret") =>
    ({ secret: entered[name], mayKeep: before?.[name].isKept ?? false, error: errors[name], onChange: (value: Authentication["password"]) => put({ [name]: value }) });
  const isMasked = around.isForeign && before?.method === "oauth2";
  return (
    <>
      <Select label={field.label} value={entered.method} options={Object.entries(METHODS)} onChange={(method) => put({ method: method as Authentication["method"] })} error={error ?? errors["type"]} />
      {entered.method === "basic" && (
        <div class="pair">
          <TextField label="User name" value={entered.username} onInput={(username) => put({ username })} error={errors["username"]} />
          <SecretField label="Password" {...secret("password")} />
        </div>
      )}
      {entered.method === "bearer" && <SecretField label="Token" {...secret("token")} />}
      {entered.method === "oauth2" && (
        <>
          <TextField label="Token URL" inputMode="url" value={entered.tokenUrl} onInput={(tokenUrl) => put({ tokenUrl })} error={errors["tokenUrl"]}
            placeholder="https://login.example.com/token"
            hint={isMasked ? "Only the owner sees it. If it is empty, it stays the same. To change anything else here, enter it again." : "The service requests access tokens here. If you change the URL, enter the secret again."} />
          <div class="pair">
            <TextField label="Client id" value={entered.clientId} onInput={(clientId) => put({ clientId })} error={errors["clientId"]} />
            <SecretField label="Client secret" {...secret("clientSecret")} />
          </div>
          <Select label="How id and secret are sent" value={entered.clientAuthentication} options={Object.entries(CLIENT_AUTHENTICATIONS)}
            onChange={(clientAuthentication) => put({ clientAuthentication })} error={errors["clientAuthentication"]} />
          <TextField label="Scope" value={entered.scope} onInput={(scope) => put({ scope })} error={errors["scope"]} hint="Only if the token server requires one." />
        </>
      )}
    </>
  );
}
