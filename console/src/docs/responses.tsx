// The responses of an operation, by status.
import { Badge } from "../components/basics.tsx";
import type { OperationResponse, OpenApi, Operation } from "./document.ts";
import { codesOf, isError } from "./errors.ts";
import { Folded, SchemaTable } from "./tables.tsx";
import { Inline, Text } from "./text.tsx";

export function Responses({ document, operation }: { document: OpenApi; operation: Operation }) {
  const errors = operation.responses.filter(isError);
  return (
    <>
      <h4>Responses</h4>
      <dl class="responses">
        {operation.responses.filter((each) => !isError(each)).map((each) => (
          <div key={each.status}>
            <dt><Badge tone="good">{each.status}</Badge></dt>
            <dd><Success document={document} operation={operation} response={each} /></dd>
          </div>
        ))}
        {errors.map((each) => (
          <div key={each.status}>
            <dt><Badge tone={Number(each.status) < 500 ? "warn" : "bad"}>{each.status}</Badge></dt>
            <dd><Failure response={each} /></dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Success({ document, operation, response }: { document: OpenApi; operation: Operation; response: OperationResponse }) {
  const { schema, status, mediaTypes, headers } = response;
  const isJson = mediaTypes.includes("application/json");
  return (
    <>
      <Text text={response.description} />
      {mediaTypes.length > 0 && !isJson && <p class="muted small-text">{mediaTypes.join(", ")}</p>}
      {headers.map(([name, header]) => <p key={name} class="small-text"><code>{name}</code>: <Inline text={header.description ?? ""} /></p>)}
      {schema && isJson && <Folded title="Members">{() => <SchemaTable document={document} schema={schema} caption={`Response ${status} of ${operation.id}`} />}</Folded>}
    </>
  );
}

/** The error codes, or only the description if there are none. */
function Failure({ response }: { response: OperationResponse }) {
  const codes = codesOf(response);
  if (codes.length === 0) return <Text text={response.description} />;
  return <>{codes.map(({ code, meaning }) => <p key={code}><a class="plain-link" href="#errors"><code>{code}</code></a> <span class="muted"><Inline text={meaning} /></span></p>)}</>;
}
